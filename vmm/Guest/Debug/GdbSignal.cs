namespace Dilaton.Guest;

/// <summary>Signals as GDB numbers them, whatever its target (GDB, include/gdb/signals.def).</summary>
internal static class GdbSignal
{
    public const int None = 0;
    public const int Interrupt = 2;
    public const int Trap = 5;
    public const int Killed = 9;

    private const int RealTimeFirst = 33;
    private const int RealTime33 = 45;
    private const int RealTime32 = 77;
    private const int RealTime64 = 78;
    private const int Unknown = 143;

    /// <summary>By Linux's number: 0 to 31.</summary>
    private static readonly byte[] s_byLinux =
    [
        0, 1, 2, 3, 4, 5, 6, 10, 8, 9, 30, 11, 31, 13, 14, 15,
        Unknown, 20, 19, 17, 18, 21, 22, 16, 24, 25, 26, 27, 28, 23, 32, 12,
    ];

    public static int Of(int linux) => linux switch
    {
        >= 0 and < 32 => s_byLinux[linux],
        32 => RealTime32,
        64 => RealTime64,
        < 64 => RealTime33 + linux - RealTimeFirst,
        _ => Unknown,
    };
}

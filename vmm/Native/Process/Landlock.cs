namespace Dilaton.Native;

/// <summary>Bits of the kernel's `linux/landlock.h`.</summary>
internal static class Landlock
{
    /// <summary>Before it, no file can be moved between folders.</summary>
    public const int AbiLeast = 2;

    private const int AbiTruncate = 3;
    private const int AbiNetwork = 4;
    private const int AbiDevices = 5;
    private const int AbiScopes = 6;

    private const ulong Execute = 1 << 0;
    private const ulong WriteFile = 1 << 1;
    private const ulong ReadFile = 1 << 2;
    private const ulong ReadFolder = 1 << 3;
    private const ulong RemoveFolder = 1 << 4;
    private const ulong RemoveFile = 1 << 5;
    private const ulong MakeFolder = 1 << 7;
    private const ulong MakeRegular = 1 << 8;
    private const ulong MakeLink = 1 << 12;
    private const ulong Refer = 1 << 13;
    private const ulong Truncate = 1 << 14;
    private const ulong IoctlDevice = 1 << 15;
    private const ulong OfFirstAbi = (1 << 13) - 1;
    private const ulong BindAndConnect = 3;
    private const ulong ScopeAbstractSockets = 1;
    private const ulong ScopeSignals = 2;

    /// <summary>Signals between threads of one process pass whatever their domains.</summary>
    private const int ErratumSignals = 1 << 1;

    /// <summary>All that is denied unless a rule allows it.</summary>
    public static ulong Handled(int abi) => OfFirstAbi | Refer
        | (abi >= AbiTruncate ? Truncate : 0)
        | (abi >= AbiDevices ? IoctlDevice : 0);

    /// <summary>TCP, to which no rule allows anything.</summary>
    public static ulong HandledNetwork(int abi) => abi >= AbiNetwork ? BindAndConnect : 0;

    /// <summary>Whom it can't reach outside: each thread has a domain of its own, and they must reach each
    /// other.</summary>
    public static ulong Scoped(int abi, int errata) => abi < AbiScopes ? 0
        : ScopeAbstractSockets | ((errata & ErratumSignals) != 0 ? ScopeSignals : 0);

    /// <summary>Size of `struct landlock_ruleset_attr` in 64-bit words.</summary>
    public static int AttributeWords(int abi) => abi >= AbiScopes ? 3 : abi >= AbiNetwork ? 2 : 1;

    public static ulong Rights(LandlockAccess access, bool isFolder, int abi)
    {
        ulong rights = access switch
        {
            LandlockAccess.List => ReadFolder,
            LandlockAccess.Read => ReadFile | ReadFolder,
            LandlockAccess.Write => ReadFile | ReadFolder | WriteFile | Truncate | RemoveFolder | RemoveFile
                | MakeFolder | MakeRegular | MakeLink | Refer,
            _ => throw new ArgumentOutOfRangeException(nameof(access)),
        };
        ulong ofFiles = Execute | WriteFile | ReadFile | Truncate | IoctlDevice;
        return rights & Handled(abi) & (isFolder ? ulong.MaxValue : ofFiles);
    }
}

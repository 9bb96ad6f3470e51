namespace Dilaton.Models.Network;

/// <summary>Time that bytes take to go in, rounded up to 1 ps, once for each frame. Bits x 10^12
/// stay below 2^64 for all sizes that the options let through.</summary>
internal readonly struct TransmissionTime(ulong bitsPerSecond)
{
    private const ulong BitPicosecondsPerByte = 8 * 1_000_000_000_000UL;

    // The usual bandwidths give a whole number of picoseconds a byte.
    private readonly ulong _perByte = BitPicosecondsPerByte % bitsPerSecond == 0
        ? BitPicosecondsPerByte / bitsPerSecond
        : 0;

    public ulong Of(int bytes)
    {
        ulong count = (uint)bytes;
        return _perByte != 0
            ? count * _perByte
            : ((count * BitPicosecondsPerByte) + (bitsPerSecond - 1)) / bitsPerSecond;
    }
}

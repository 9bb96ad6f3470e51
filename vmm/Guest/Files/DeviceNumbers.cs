namespace Dilaton.Guest;

/// <summary>Linux's 64-bit <c>dev_t</c>.</summary>
internal static class DeviceNumbers
{
    public static ulong Encode(uint major, uint minor) =>
        (minor & 0xff) | ((ulong)major << 8) | ((ulong)(minor & ~0xffu) << 12);

    public static uint Major(ulong device) => (uint)(device >> 8) & 0xfff;

    public static uint Minor(ulong device) => (uint)(device & 0xff) | (uint)((device >> 12) & ~0xffUL);
}

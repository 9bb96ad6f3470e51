namespace Dilaton.Guest;

/// <summary>Order of sequence numbers, which wrap (RFC 9293, section 3.4).</summary>
internal static class SequenceNumber
{
    /// <summary>How far <paramref name="a"/> is ahead of <paramref name="b"/>; negative if it is
    /// behind.</summary>
    public static int Ahead(uint a, uint b) => unchecked((int)(a - b));

    public static bool IsBefore(uint a, uint b) => Ahead(a, b) < 0;

    public static bool IsAfter(uint a, uint b) => Ahead(a, b) > 0;

    public static uint Later(uint a, uint b) => IsAfter(a, b) ? a : b;
}

namespace Dilaton.Guest;

/// <summary>Ports for those who ask for none: from a random one upwards (RFC 6056, section
/// 3.3.1), in Linux's range.</summary>
internal sealed class EphemeralPorts(SeededRandom random)
{
    public const ushort First = 32_768;
    public const ushort Last = 60_999;

    /// <param name="isFree">Says if the port can be had.</param>
    /// <returns>0 if none is free.</returns>
    public ushort Choose(Func<ushort, bool> isFree)
    {
        const int Count = Last - First + 1;
        int start = (int)(random.Next() % Count);
        for (int i = 0; i < Count; i++)
        {
            ushort port = (ushort)(First + ((start + i) % Count));
            if (isFree(port))
            {
                return port;
            }
        }

        return 0;
    }
}

namespace Dilaton.Guest;

/// <summary>Options that programs set as a matter of habit and that change nothing here: they are
/// kept, and given back.</summary>
internal static class SocketOptionList
{
    private const int SocketLevel = 1;
    private const int IpLevel = 0;
    private const int TcpLevel = 6;
    private const int ReceiveLowWater = 18;
    private const int SendLowWater = 19;

    private static readonly HashSet<(int Level, int Name)> s_remembered =
    [
        (SocketLevel, 1), // SO_DEBUG
        (SocketLevel, 5), // SO_DONTROUTE
        (SocketLevel, 10), // SO_OOBINLINE
        (SocketLevel, 12), // SO_PRIORITY
        (SocketLevel, 14), // SO_BSDCOMPAT
        (SocketLevel, SendLowWater), // SO_SNDLOWAT
        (IpLevel, 10), // IP_MTU_DISCOVER
        (IpLevel, 11), // IP_RECVERR
        (IpLevel, 15), // IP_FREEBIND
        (IpLevel, 24), // IP_BIND_ADDRESS_NO_PORT
        (TcpLevel, 7), // TCP_SYNCNT
        (TcpLevel, 8), // TCP_LINGER2
        (TcpLevel, 9), // TCP_DEFER_ACCEPT
        (TcpLevel, 16), // TCP_THIN_LINEAR_TIMEOUTS
        (TcpLevel, 17), // TCP_THIN_DUPACK
        (TcpLevel, 25), // TCP_NOTSENT_LOWAT
    ];

    public static bool IsRemembered(int level, int name) => s_remembered.Contains((level, name));

    public static int InitialOf(int name) => name is ReceiveLowWater or SendLowWater ? 1 : 0;
}

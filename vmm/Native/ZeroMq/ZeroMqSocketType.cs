namespace Dilaton.Native;

/// <summary>The kinds of ZeroMQ sockets that Dilaton uses, by libzmq's numbers.</summary>
public enum ZeroMqSocketType
{
    /// <summary>Answers one request after the other.</summary>
    Reply = 4,

    /// <summary>One partner, no address.</summary>
    Dealer = 5,

    /// <summary>Many partners, each message with the routing id of its sender or receiver first.
    /// </summary>
    Router = 6,
}

namespace Dilaton.Guest;

/// <summary>A port that somebody holds: a bound socket, a listener or a connection.</summary>
internal sealed class TcpBinding(InternetEndpoint local)
{
    public InternetEndpoint Local { get; set; } = local;

    public bool IsAddressReused { get; set; }

    public bool IsListening { get; set; }
}

namespace Dilaton.Guest;

/// <summary>An address and a port.</summary>
internal readonly record struct InternetEndpoint(Ipv4Address Address, ushort Port)
{
    public override string ToString() => $"{Address}:{Port}";
}

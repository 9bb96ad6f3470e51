namespace Dilaton.Protocol;

/// <summary>Whom a recorded message was for.</summary>
public enum WireDirection : byte
{
    ToPeer = 0,
    ToWorker = 1,
}

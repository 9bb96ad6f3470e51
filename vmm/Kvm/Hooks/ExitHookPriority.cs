namespace Dilaton.Kvm;

/// <summary>Places in a chain: lower ones are asked first. Any number between will do.</summary>
public static class ExitHookPriority
{
    /// <summary>Sees an exit before it is changed: tracing.</summary>
    public const int First = -1000;

    /// <summary>What acts in the stead of a device: faults.</summary>
    public const int BeforeDevices = -100;

    /// <summary>The engine's own devices.</summary>
    public const int Devices = 0;

    /// <summary>Sees what no device took.</summary>
    public const int Last = 1000;
}

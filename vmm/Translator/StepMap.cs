namespace Dilaton.Translator;

/// <summary>From rip to the host address of a one-instruction translation.</summary>
internal sealed class StepMap
{
    private readonly Dictionary<ulong, ulong> _hosts = [];

    /// <returns>0 if there is none.</returns>
    public ulong Find(ulong rip) => _hosts.GetValueOrDefault(rip);

    public void Add(ulong rip, ulong host) => _hosts.Add(rip, host);

    public void Forget() => _hosts.Clear();
}

namespace Dilaton.Kvm;

/// <summary>The hooks of one vCPU on one reason to exit, by priority, then in the order in which they
/// came. Hooks are added and removed from any thread while the vCPU runs:
/// <code>
///   vCPU's thread    reads the array once, and calls its hooks in order
///   other threads    copy the array, change the copy, put it in the array's place (one at a time)
/// </code>
/// So nobody waits for the guest, and the vCPU for nobody: an exit sees all hooks of one moment. A hook
/// is asked from the first exit on that begins after <see cref="Add"/> has returned. When it is removed,
/// an exit that is in the chain at that moment may ask it once more.</summary>
public sealed class ExitHookChain<TExit>
    where TExit : allows ref struct
{
    public const int HooksMax = 64;

    private readonly Lock _gate = new();
    private Entry[] _entries = [];

    public int Count => Volatile.Read(ref _entries).Length;

    /// <returns>Removes the hook when it is disposed of, once.</returns>
    /// <exception cref="InvalidOperationException">There are <see cref="HooksMax"/> already.</exception>
    public IDisposable Add(int priority, ExitHook<TExit> hook)
    {
        ArgumentNullException.ThrowIfNull(hook);
        Entry entry = new(this, priority, hook);
        lock (_gate)
        {
            Entry[] before = _entries;
            if (before.Length == HooksMax)
            {
                throw new InvalidOperationException($"a chain has at most {HooksMax} hooks");
            }

            int at = before.Length;
            while (at > 0 && before[at - 1].Priority > priority)
            {
                at--;
            }

            Volatile.Write(ref _entries, [.. before[..at], entry, .. before[at..]]);
        }

        return entry;
    }

    /// <summary>Asks the hooks in order until one is done with the exit. HOT: per exit.</summary>
    public ExitVerdict Dispatch(in TExit exit)
    {
        foreach (Entry entry in Volatile.Read(ref _entries))
        {
            if (entry.Hook(exit) == ExitVerdict.Handled)
            {
                return ExitVerdict.Handled;
            }
        }

        return ExitVerdict.Pass;
    }

    private void Remove(Entry entry)
    {
        lock (_gate)
        {
            Volatile.Write(ref _entries, [.. _entries.Where(other => other != entry)]);
        }
    }

    private sealed class Entry(ExitHookChain<TExit> chain, int priority, ExitHook<TExit> hook) : IDisposable
    {
        public int Priority => priority;

        public ExitHook<TExit> Hook { get; } = hook;

        public void Dispose() => chain.Remove(this);
    }
}

using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>Numbers that the node's thread publishes and any thread may read: one writer, each
/// value written whole, no lock.</summary>
internal sealed class Progress
{
    private readonly ulong[] _times;
    private readonly ulong[] _instructions;
    private readonly ulong[] _systemCalls;
    private readonly int[] _activities;
    private volatile bool _hasEnded;

    public Progress(int vcpuCount)
    {
        _times = new ulong[vcpuCount];
        _instructions = new ulong[vcpuCount];
        _systemCalls = new ulong[vcpuCount];
        _activities = new int[vcpuCount];
    }

    /// <summary>HOT: per slice.</summary>
    public void Publish(
        int vcpu, VirtualTime time, ulong instructions, ulong systemCalls, VcpuActivity activity)
    {
        Volatile.Write(ref _times[vcpu], time.Picoseconds);
        Volatile.Write(ref _instructions[vcpu], instructions);
        Volatile.Write(ref _systemCalls[vcpu], systemCalls);
        Volatile.Write(ref _activities[vcpu], (int)activity);
    }

    public void End() => _hasEnded = true;

    public VcpuProgress Read(int vcpu) => new(
        new VirtualTime(Volatile.Read(ref _times[vcpu])),
        Volatile.Read(ref _instructions[vcpu]),
        (VcpuActivity)Volatile.Read(ref _activities[vcpu]));

    public NodeProgress Read()
    {
        ulong least = ulong.MaxValue;
        ulong most = 0;
        ulong instructions = 0;
        ulong systemCalls = 0;
        for (int i = 0; i < _times.Length; i++)
        {
            ulong time = Volatile.Read(ref _times[i]);
            most = Math.Max(most, time);
            if (Volatile.Read(ref _activities[i]) != (int)VcpuActivity.Idle)
            {
                least = Math.Min(least, time);
            }

            instructions += Volatile.Read(ref _instructions[i]);
            systemCalls += Volatile.Read(ref _systemCalls[i]);
        }

        // With all vCPUs idle the node stands where the last one went idle.
        ulong now = least == ulong.MaxValue ? most : least;
        return new NodeProgress(new VirtualTime(now), instructions, systemCalls, _hasEnded);
    }
}

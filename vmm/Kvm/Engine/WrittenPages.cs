using System.Numerics;
using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Kvm;

/// <summary>Which pages guest code wrote, interval by interval of run time, by KVM's log. Their number in
/// an interval is the written part of Denning's working set (P. J. Denning, The Working Set Model for
/// Program Behavior, 1968) with the interval for its window. What the node kernel writes to guest memory,
/// KVM does not see.</summary>
public sealed class WrittenPages : IStatisticsSource
{
    private const ulong NanosecondsPerSecond = 1_000_000_000;

    private readonly long _interval;
    private readonly IWrittenPagesSink? _sink;
    private readonly List<(uint Slot, ulong[] Ever)> _slots = [];
    private ulong[] _bits = [];
    private long _ran;
    private ulong _intervals;
    private ulong _pages;
    private ulong _pagesMax;
    private ulong _everWritten;
    private ulong _hostNanoseconds;

    /// <param name="intervalNanoseconds">Of run time of the node's vCPUs, all together.</param>
    internal WrittenPages(long intervalNanoseconds, IWrittenPagesSink? sink)
    {
        _interval = intervalNanoseconds;
        _sink = sink;
    }

    /// <inheritdoc/>
    public void Collect(StatisticsList list)
    {
        ArgumentNullException.ThrowIfNull(list);
        list.Count("intervals", _intervals, "Count", "intervals after which the log was read");
        list.Quotient("workingSet", _pages, _intervals, "Count",
            "pages of 4 KiB that guest code wrote in an interval, in the mean");
        list.Count("workingSetMax", _pagesMax, "Count", "the same, at most");
        list.Count("everWritten", _everWritten, "Count", "pages that guest code wrote in any interval");
        list.Quotient("hostTime", _hostNanoseconds, NanosecondsPerSecond, "Second",
            "host CPU time of reading the log; what logging itself costs is run time");
    }

    /// <inheritdoc/>
    public void ResetStatistics()
    {
        (_intervals, _pages, _pagesMax, _everWritten, _hostNanoseconds) = (0, 0, 0, 0, 0);
        foreach ((uint _, ulong[] ever) in _slots)
        {
            Array.Clear(ever);
        }
    }

    /// <summary>A slot that logs writes is there.</summary>
    internal void Add(KvmMachine machine, uint slot)
    {
        ulong[] ever = new ulong[machine.DirtyWords(slot)];
        _slots.Add((slot, ever));
        _bits = ever.Length > _bits.Length ? new ulong[ever.Length] : _bits;
    }

    /// <summary>Guest code ran. HOT: per exit.</summary>
    internal void Ran(KvmMachine machine, VcpuId vcpu, long nanoseconds)
    {
        _ran += nanoseconds;
        if (_ran >= _interval)
        {
            _ran = 0;
            Read(machine, vcpu);
        }
    }

    private void Read(KvmMachine machine, VcpuId vcpu)
    {
        long began = SliceTimer.ThreadNanoseconds();
        ulong pages = 0;
        foreach ((uint slot, ulong[] ever) in _slots)
        {
            Span<ulong> bits = _bits.AsSpan(0, ever.Length);
            machine.TakeDirtyPages(slot, bits);
            for (int i = 0; i < bits.Length; i++)
            {
                if (bits[i] != 0)
                {
                    pages += (ulong)BitOperations.PopCount(bits[i]);
                    _everWritten += (ulong)BitOperations.PopCount(bits[i] & ~ever[i]);
                    ever[i] |= bits[i];
                }
            }
        }

        _intervals++;
        _pages += pages;
        _pagesMax = Math.Max(_pagesMax, pages);
        _sink?.PagesWritten(vcpu, pages);
        _hostNanoseconds += (ulong)(SliceTimer.ThreadNanoseconds() - began);
    }
}

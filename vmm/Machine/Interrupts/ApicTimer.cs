using Dilaton.Core;

namespace Dilaton.Machine;

/// <summary>A local APIC's timer, one-shot or periodic, in virtual time: from its initial count it goes down by one
/// each <see cref="CountPicoseconds"/> x divisor, and expires at 0 (Intel SDM vol. 3A, "APIC Timer").</summary>
internal sealed class ApicTimer
{
    /// <summary>Of the clock that it divides, 1 GHz of virtual time.</summary>
    public const ulong CountPicoseconds = 1000;

    private VirtualTime _from;
    private uint _left;

    /// <summary>When it expires next; MaxValue: it does not run.</summary>
    public VirtualTime Due { get; private set; } = VirtualTime.MaxValue;

    public uint Initial { get; private set; }

    /// <summary>The divide configuration register: bits 0, 1 and 3.</summary>
    public uint Divide { get; private set; }

    /// <summary>Divisors 2, 4, 8 ... 128, and 1.</summary>
    private ulong StepPicoseconds
    {
        get
        {
            uint code = (Divide & 3) | (Divide >> 1 & 4);
            return CountPicoseconds << (int)((code + 1) & 7);
        }
    }

    /// <summary>The current count. What is due by then has been taken.</summary>
    public uint CurrentAt(VirtualTime now) =>
        Due == VirtualTime.MaxValue ? 0 : _left - (uint)((now - _from).Picoseconds / StepPicoseconds);

    /// <summary>From there it counts; 0: it stops.</summary>
    public void SetInitial(uint count, VirtualTime now)
    {
        Initial = count;
        CountFrom(count, now);
    }

    /// <summary>It goes on from the count that it has.</summary>
    public void SetDivide(uint value, VirtualTime now)
    {
        uint left = CurrentAt(now);
        Divide = value & 0xb;
        CountFrom(left, now);
    }

    /// <summary>It does not expire until it is set again.</summary>
    public void Stop() => CountFrom(0, VirtualTime.Zero);

    /// <summary>Takes what is due.</summary>
    /// <param name="isPeriodic">It then begins anew; periods that are over altogether expire as one.</param>
    /// <param name="due">When it first was.</param>
    /// <returns>False if nothing is.</returns>
    public bool TryExpire(VirtualTime now, bool isPeriodic, out VirtualTime due)
    {
        due = Due;
        if (now < due)
        {
            return false;
        }

        if (isPeriodic && Initial != 0)
        {
            ulong period = Initial * StepPicoseconds;
            ulong over = (now - due).Picoseconds / period * period;
            CountFrom(Initial, due + new VirtualDuration(over));
        }
        else
        {
            Stop();
        }

        return true;
    }

    public void Reset()
    {
        Divide = 0;
        SetInitial(0, VirtualTime.Zero);
    }

    private void CountFrom(uint count, VirtualTime from)
    {
        _left = count;
        _from = from;
        Due = count == 0 ? VirtualTime.MaxValue : from + new VirtualDuration(count * StepPicoseconds);
    }
}

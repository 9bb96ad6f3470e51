namespace Dilaton.Tests.Nested;

/// <summary>Sees a processor that spins for ever: with interrupts off, in one place whenever it is looked at.
/// <para>QEMU brings guests of KVM into that now and then: VMRUN with an injected interrupt leaves exception_index set
/// (target/i386/tcg/sysemu/svm_helper.c; seen with 7.2). If QEMU's slice of work ends before anything else resets it, the
/// vector is delivered a second time, whatever RFLAGS.IF says; Linux is then in its handler twice, and waits for a lock
/// that it holds itself. Such a boot says nothing about what it tests.</para></summary>
internal sealed class SpinWatch
{
    /// <summary>Looks that count, and of them those that must have found it there: the hypervisor between may run as well.
    /// </summary>
    public const int Looks = 20;

    private const int Found = 15;
    private const ulong LoopBytes = 32;

    private readonly List<Queue<ProcessorPlace>> _seen = [];

    /// <returns>True if one of them has been spinning for the last <see cref="Looks"/>.</returns>
    public bool Sees(IReadOnlyList<ProcessorPlace> places)
    {
        bool spins = false;
        for (int i = 0; i < places.Count; i++)
        {
            if (i == _seen.Count)
            {
                _seen.Add(new Queue<ProcessorPlace>());
            }

            Queue<ProcessorPlace> seen = _seen[i];
            seen.Enqueue(places[i]);
            if (seen.Count > Looks)
            {
                seen.Dequeue();
            }

            spins |= seen.Any(place => Spins(seen, place));
        }

        return spins;
    }

    private static bool Spins(IEnumerable<ProcessorPlace> seen, ProcessorPlace place) => Found <= seen.Count(other =>
        !other.TakesInterrupts
        && other.InstructionPointer >= place.InstructionPointer
        && other.InstructionPointer - place.InstructionPointer < LoopBytes);
}

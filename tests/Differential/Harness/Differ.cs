using System.Text;
using Dilaton.Core;

namespace Dilaton.Tests.Differential;

/// <summary>Holds a translated run against the single-stepped native one.</summary>
internal sealed class Differ
{
    private const int StackFault = 12;
    private const ulong StatusFlags = 0x8D5;
    private readonly AccessOracle _oracle = new();
    private TestCase _test = null!;
    private NativeResult _native = null!;

    /// <summary>Instructions that the native run retired.</summary>
    public ulong Instructions => _oracle.Instructions;

    /// <summary>The end can't be reproduced at an instruction boundary.</summary>
    public bool IsUnfit { get; private set; }

    public void Begin(TestCase test, NativeResult native)
    {
        _test = test;
        _native = native;
        _oracle.Trace(test, native);
        IsUnfit = native.EndedByStepLimit && _oracle.IsUnfinished;
    }

    public string Difference(EngineSetup setup, TranslatedResult result)
    {
        StringBuilder text = new(result.Violations);
        Outcome(result, text);
        text.Append(CpuState.Difference(_native.End, result.End, IgnoredFlags()));
        text.Append(GoldenCheck.MemoryDifference(
            IgnoreX87Pointers(_native.Image), IgnoreX87Pointers(result.Image)));
        Boundaries(result, text);
        if (setup.Level != MemoryEventLevel.Off && !_test.CodeIsWritable)
        {
            Records(setup, result, text);
        }

        return text.ToString();
    }

    private void Outcome(TranslatedResult result, StringBuilder text)
    {
        if (result.Instructions != _oracle.Instructions)
        {
            text.Append($"  instructions: {_oracle.Instructions}, {result.Instructions}\n");
        }

        if (_native.EndedByStepLimit)
        {
            return;
        }

        VcpuExit exit = result.Exit;
        int vector = _native.Vector == StackFault
            ? (int)FaultVector.GeneralProtection
            : _native.Vector;
        if (_native.EndedBySystemCall)
        {
            text.Append(exit.Reason == ExitReason.SystemCall ? "" : $"  exit: {exit.Reason}\n");
            return;
        }

        if (exit.Reason != ExitReason.Fault || (int)exit.Vector != vector)
        {
            text.Append($"  fault: {vector}, {exit.Reason} {exit.Vector}\n");
        }
        else if (exit.Vector == FaultVector.PageFault)
        {
            FaultAccess access = (_native.ErrorCode & 0x10) != 0 ? FaultAccess.Execute
                : (_native.ErrorCode & 2) != 0 ? FaultAccess.Write : FaultAccess.Read;
            if (access != exit.Access || exit.FaultAddress != _native.FaultAddress)
            {
                text.Append($"  page fault: {access} {_native.FaultAddress:x}, "
                    + $"{exit.Access} {exit.FaultAddress:x}\n");
            }
        }
    }

    /// <summary>At a fault that is not the end of the case, flags that no instruction would have
    /// read any more may be lost: nothing but a debugger could tell.</summary>
    private ulong IgnoredFlags() =>
        _native.Vector is 3 or 1 || _native.EndedByStepLimit || _native.EndedBySystemCall
            ? 0
            : StatusFlags;

    private byte[] IgnoreX87Pointers(byte[] image)
    {
        Iced.Intel.Instruction instruction = TestCase.Decode(_test.Image, _test.Begin.Rip);
        (int From, int To)[] ranges = instruction.Code switch
        {
            Iced.Intel.Code.Fnstenv_m28byte or Iced.Intel.Code.Fnsave_m108byte => [(12, 28)],
            Iced.Intel.Code.Fnstenv_m14byte or Iced.Intel.Code.Fnsave_m94byte => [(6, 14)],
            Iced.Intel.Code.Fxsave_m512byte or Iced.Intel.Code.Fxsave64_m512byte => [(6, 24)],
            _ => [],
        };
        if (ranges.Length == 0 || _oracle.Instructions == 0)
        {
            return image;
        }

        byte[] copy = [.. image];
        ulong target = _oracle.Accesses.First(a => a.Kind == MemoryEventKind.Store).Address;
        foreach ((int from, int to) in ranges)
        {
            for (int i = from; i < to; i++)
            {
                if (TestLayout.IsMapped(target + (ulong)i, 1))
                {
                    copy[TestLayout.OffsetOf(target + (ulong)i)] = 0;
                }
            }
        }

        return copy;
    }

    private void Boundaries(TranslatedResult result, StringBuilder text)
    {
        foreach ((ulong instructions, CpuState state) in result.Boundaries)
        {
            if (instructions >= (ulong)_oracle.FirstSteps.Count)
            {
                continue;
            }

            CpuState expected = _native.Steps[_oracle.FirstSteps[(int)instructions]];
            // A stop soon after a store fault inherits the flags that the fault may have lost.
            ulong ignored = _test.CodeIsWritable ? StatusFlags : 0;
            string difference = CpuState.Difference(expected, state, ignored);
            if (difference.Length > 0)
            {
                text.Append($"  after {instructions} instructions:\n{difference}");
                return;
            }
        }
    }

    private void Records(EngineSetup setup, TranslatedResult result, StringBuilder text)
    {
        List<AccessRecord> expected = RecordStream.Expected(
            _oracle.Accesses, setup.Cost, out ulong loads);
        ulong units = (_oracle.Instructions * setup.Cost.UnitsPerInstruction)
            + (loads * setup.Cost.UnitsPerLoad);
        if (units != result.Units)
        {
            text.Append($"  units: {units}, {result.Units}\n");
        }

        if (setup.Level == MemoryEventLevel.Full)
        {
            Sequences("record", expected, result.Records, text);
        }
        else
        {
            Sequences(
                "data event", Events(expected, isFetch: false),
                Events(result.Records, isFetch: false), text);
            Sequences(
                "fetch event", Events(expected, isFetch: true),
                Events(result.Records, isFetch: true), text);
        }

        Counts(expected, result, text);
    }

    private static List<string> Events(IReadOnlyList<AccessRecord> records, bool isFetch)
    {
        ReferenceL1 cache = new();
        foreach (AccessRecord record in records)
        {
            if ((record.Kind == MemoryEventKind.Fetch) == isFetch)
            {
                cache.Access(record);
            }
        }

        return cache.Events;
    }

    private static void Sequences<T>(
        string name, IReadOnlyList<T> expected, IReadOnlyList<T> actual, StringBuilder text)
    {
        for (int i = 0; i < Math.Max(expected.Count, actual.Count); i++)
        {
            string a = i < expected.Count ? expected[i]!.ToString()! : "none";
            string b = i < actual.Count ? actual[i]!.ToString()! : "none";
            if (a != b)
            {
                text.Append($"  {name} {i} of {expected.Count}, {actual.Count}: {a}, {b}\n");
                return;
            }
        }
    }

    private void Counts(List<AccessRecord> expected, TranslatedResult result, StringBuilder text)
    {
        SuppressedHits hits = result.Suppressed;
        Count(MemoryEventKind.Load, hits.Loads);
        Count(MemoryEventKind.Store, hits.Stores);
        Count(MemoryEventKind.Modify, hits.Modifies);
        Count(MemoryEventKind.Atomic, hits.Atomics);
        Count(MemoryEventKind.Flush, 0);
        Count(MemoryEventKind.Prefetch, 0);

        void Count(MemoryEventKind kind, ulong suppressed)
        {
            ulong wanted = CountOf(expected, kind);
            ulong got = CountOf(result.Records, kind) + suppressed;
            text.Append(wanted == got ? "" : $"  {kind} count: {wanted}, {got}\n");
        }
    }

    private static ulong CountOf(IReadOnlyList<AccessRecord> records, MemoryEventKind kind)
    {
        ulong count = 0;
        foreach (AccessRecord record in records)
        {
            count += record.Kind == kind ? 1UL : 0;
        }

        return count;
    }
}

using Dilaton.Core;
using Dilaton.Time;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

public sealed class EventQueueTests
{
    [Fact]
    public void EqualTimesFireInTheOrderOfScheduling()
    {
        var queue = new EventQueue();
        var fired = new List<int>();
        for (int i = 0; i < 100; i++)
        {
            queue.Schedule(VirtualTime.FromPicoseconds(7), new Mark(fired, i));
        }

        Drain(queue);
        fired.ShouldBe(Enumerable.Range(0, 100));
    }

    [Fact]
    public void RemoveAll_ForgetsThoseOfAKind_AndKeepsTheOrderOfTheOthers()
    {
        var queue = new EventQueue();
        var fired = new List<int>();
        HashSet<INodeEvent> odd = [];
        for (int i = 0; i < 100; i++)
        {
            Mark mark = new(fired, i);
            queue.Schedule(VirtualTime.FromPicoseconds((ulong)(i * 37 % 50)), mark);
            if (i % 2 == 1)
            {
                odd.Add(mark);
            }
        }

        queue.RemoveAll(odd.Contains);
        queue.Count.ShouldBe(50);
        Drain(queue);
        fired.ShouldBe(Enumerable.Range(0, 50).Select(i => i * 2).OrderBy(i => i * 37 % 50));
    }

    [Fact]
    public void AgreesWithASortedList() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var queue = new EventQueue();
            var fired = new List<int>();
            var model = new List<(ulong At, int Id, ulong Ticket)>();
            var expected = new List<int>();
            for (int i = 0; i < 400; i++)
            {
                switch (random.Next(4))
                {
                    case 0 when model.Count > 0:
                        int index = random.Next(model.Count);
                        queue.Cancel(model[index].Ticket);
                        queue.Cancel(model[index].Ticket);
                        model.RemoveAt(index);
                        break;
                    case 1 when model.Count > 0:
                        (ulong At, int Id, ulong Ticket) first = model.MinBy(e => (e.At, e.Id));
                        queue.NextTime.Picoseconds.ShouldBe(first.At);
                        queue.Take(out VirtualTime at).Fire();
                        at.Picoseconds.ShouldBe(first.At);
                        expected.Add(first.Id);
                        model.Remove(first);
                        queue.Cancel(first.Ticket);
                        break;
                    default:
                        ulong time = queue.Floor.Picoseconds + (ulong)random.Next(0, 20);
                        model.Add((time, i, queue.Schedule(
                            VirtualTime.FromPicoseconds(time), new Mark(fired, i))));
                        break;
                }

                queue.Count.ShouldBe(model.Count, $"seed {seed}");
            }

            Drain(queue);
            expected.AddRange(model.OrderBy(e => (e.At, e.Id)).Select(e => e.Id));
            fired.ShouldBe(expected, $"seed {seed}");
        }).CheckSeeded();

    [Fact]
    public void NothingIsScheduledInThePast()
    {
        var queue = new EventQueue();
        queue.RaiseFloor(VirtualTime.FromPicoseconds(10));
        Should.Throw<InvariantException>(
            () => queue.Schedule(VirtualTime.FromPicoseconds(9), new Mark([], 0)));
    }

    [Fact]
    public void SteadyUseAllocatesNothing()
    {
        var queue = new EventQueue();
        var mark = new Mark(new List<int>(4), 0);
        for (int i = 0; i < 64; i++)
        {
            queue.Schedule(VirtualTime.FromPicoseconds((ulong)i), mark);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000; i++)
        {
            queue.Take(out VirtualTime at);
            queue.Cancel(queue.Schedule(at, mark));
            queue.Schedule(at + VirtualDuration.FromPicoseconds(100), mark);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    private static void Drain(EventQueue queue)
    {
        while (queue.Count > 0)
        {
            queue.Take(out _).Fire();
        }

        queue.NextTime.ShouldBe(VirtualTime.MaxValue);
    }

    private sealed class Mark(List<int> fired, int id) : INodeEvent
    {
        public void Fire() => fired.Add(id);
    }
}

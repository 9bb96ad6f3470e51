using Dilaton.Guest;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Guest;

public sealed class SystemVTests
{
    [Fact]
    public void SemaphoreOperations_AreDoneTogetherOrNotAtAll()
    {
        SemaphoreSet set = new() { Values = [1, 5], LastProcesses = [0, 0] };
        set.TryPerform([new(1, -5, 0), new(0, -2, 0)], 7, out int blocking).ShouldBe(0);
        blocking.ShouldBe(1);
        set.Values.ShouldBe([1, 5]);
        set.TryPerform([new(1, -5, 0), new(1, 0, 0), new(0, 3, 0)], 7, out blocking).ShouldBe(0);
        blocking.ShouldBe(-1);
        set.Values.ShouldBe([4, 0]);
        set.LastProcesses.ShouldBe([7, 7]);
        set.TryPerform([new(1, 1, 0), new(0, short.MaxValue, 0)], 7, out _).ShouldBe(-Errno.ERANGE);
        set.Values.ShouldBe([4, 0]);
    }

    [Fact]
    public void EndOfAProcess_UndoesWhatItSaid_ButNotWhatWasSetSince()
    {
        NodeIpc ipc = new();
        int id = (int)ipc.Sets.Get(0, 0, _ => 0, i =>
            (new SemaphoreSet { Id = i, Values = [1, 1], LastProcesses = [0, 0] }, 0));
        ipc.Undo[(5, id, 0)] = 2;
        ipc.Undo[(5, id, 1)] = -9;
        ipc.Undo[(6, id, 0)] = 40;
        ipc.EndProcess(5);
        ipc.Sets.Find(id)!.Values.ShouldBe([3, 0]);
        ipc.Forget(id, 0);
        ipc.EndProcess(6);
        ipc.Sets.Find(id)!.Values.ShouldBe([3, 0]);
    }

    [Theory]
    [InlineData(0, false, 0)]
    [InlineData(2, false, 1)]
    [InlineData(3, true, 1)]
    [InlineData(-2, false, 2)]
    [InlineData(long.MinValue, false, 2)]
    [InlineData(9, false, -1)]
    public void Message_IsChosenByKind(long kind, bool isExcept, int expected)
    {
        MessageQueue queue = new();
        long[] kinds = [3, 2, 1];
        for (int i = 0; i < kinds.Length; i++)
        {
            queue.Messages.AddLast((kinds[i], [(byte)i]));
        }

        int chosen = queue.Choose(kind, isExcept) is { } node ? node.Value.Bytes[0] : -1;
        chosen.ShouldBe(expected);
    }
}

using Dilaton.Cli;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

public sealed class WorkerMessageTests
{
    [Fact]
    public void EveryKind_CanBeWrittenAndRead()
    {
        foreach (WorkerMessageKind kind in Enum.GetValues<WorkerMessageKind>())
        {
            byte[] line = WorkerMessageJson.Write(new WorkerMessage { Kind = kind, Lines = ["x"] });
            WorkerMessage again = WorkerMessageJson.Read(
                System.Text.Encoding.UTF8.GetString(line));
            again.Kind.ShouldBe(kind);
            again.Lines.ShouldBe(["x"]);
        }
    }
}

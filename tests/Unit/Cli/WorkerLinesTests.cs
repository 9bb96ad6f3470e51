using System.IO.Pipes;
using System.Text;
using Dilaton.Cli;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

/// <summary>What a front makes of what a worker writes, whatever it writes.</summary>
public sealed class WorkerLinesTests
{
    private static readonly string s_good = Encoding.UTF8.GetString(WorkerMessageJson.Write(new WorkerMessage
    {
        Kind = WorkerMessageKind.Ended,
        Lines = ["a"],
        Statistics =
        [
            new StatisticLine("a", "1", "1", "Count", "d"), new StatisticLine("mean", "0", "0", "Tick", "of nothing"),
            new StatisticLine("cpi", "7", "0", "Ratio", "without a count"),
        ],
        End = new WorkerEnd(
            NodeEndWords.GuestExited, new GuestDocument { ExitCode = 0, Signal = 0, Message = "" }, 0, "ab", [], 0, 0),
    }));

    [Fact]
    public void GoodLines_AreHeard_AndTheRestOfThePipeWithThem()
    {
        (List<WorkerMessage> messages, bool isBroken) = Hear(s_good + s_good);
        messages.Count.ShouldBe(2);
        isBroken.ShouldBeFalse();
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("7\n")]
    [InlineData("{}\n")]
    [InlineData("{\"kind\":\"ended\",\"node\":0,\"timePs\":0,\"instructions\":0,\"peerWaitSeconds\":0,\"cpuSeconds\":0}\n")]
    [InlineData("{\"kind\":\"nothing\",\"node\":0,\"timePs\":0,\"instructions\":0,\"peerWaitSeconds\":0,\"cpuSeconds\":0}\n")]
    [InlineData("{\"kind\":\"progress\",\"node\":0,\"timePs\":-1,\"instructions\":0,\"peerWaitSeconds\":0,\"cpuSeconds\":0}\n")]
    public void WhatNoWorkerSays_EndsTheTalk(string line)
    {
        (List<WorkerMessage> messages, bool isBroken) = Hear(s_good + line + s_good);
        messages.Count.ShouldBe(1);
        isBroken.ShouldBeTrue();
    }

    [Fact]
    public void DamagedLines_AreWholeMessagesOrEndTheTalk()
    {
        ulong x = Seeded.Seed * 0x9E3779B97F4A7C15;
        for (int i = 0; i < 5000; i++)
        {
            byte[] line = Encoding.UTF8.GetBytes(s_good);
            for (int j = 0; j < 3; j++)
            {
                x = x * 6364136223846793005 + 1442695040888963407;
                line[(int)((x >> 33) % (ulong)(line.Length - 1))] = (byte)(x >> 56);
            }

            foreach (string part in Encoding.UTF8.GetString(line).Split('\n'))
            {
                if (WorkerMessageCheck.Read(part) is { } message)
                {
                    NodeRecord node = new()
                    {
                        Node = CliFixture.Good(CliFixture.Minimal).Nodes[0],
                        WorkerId = 1,
                    };
                    node.Take(message);
                    Verdict.Of(node, StopReason.None, new TimeJob()).Reason.ShouldNotBeNull();
                }
            }
        }
    }

    [Fact]
    public void ALineWithoutEnd_IsNotKept()
    {
        using AnonymousPipeServerStream pipe = new(PipeDirection.In);
        using AnonymousPipeClientStream worker = new(PipeDirection.Out, pipe.ClientSafePipeHandle);
        using WorkerLines lines = new(pipe);
        Thread writer = new(() => WriteUntilClosed(worker)) { IsBackground = true };
        writer.Start();
        List<WorkerMessage> messages = [];
        while (lines.Receive(messages))
        {
        }

        lines.IsBroken.ShouldBeTrue();
        pipe.Dispose();
        writer.Join();
    }

    private static void WriteUntilClosed(Stream stream)
    {
        byte[] chunk = new byte[1 << 16];
        Array.Fill(chunk, (byte)'[');
        try
        {
            while (true)
            {
                stream.Write(chunk);
            }
        }
        catch (IOException)
        {
            // The reader has had enough.
        }
    }

    private static (List<WorkerMessage> Messages, bool IsBroken) Hear(string text)
    {
        using AnonymousPipeServerStream pipe = new(PipeDirection.In);
        using AnonymousPipeClientStream worker = new(PipeDirection.Out, pipe.ClientSafePipeHandle);
        using WorkerLines lines = new(pipe);
        worker.Write(Encoding.UTF8.GetBytes(text));
        worker.Dispose();
        List<WorkerMessage> messages = [];
        while (lines.Receive(messages))
        {
        }

        return (messages, lines.IsBroken);
    }
}

using System.Text;
using Dilaton.Cli;
using Dilaton.Native;
using Dilaton.Protocol;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

/// <summary>The front's end of the talk with agents, over real sockets of the loopback.</summary>
public sealed class HostTalkTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly ZeroMqContext _context = new();
    private readonly ZeroMqContext _agents = new();
    private readonly CurveKeys _keys = CurveKeys.Make();
    private readonly HostLine _here = new(new HostJob { Name = "left" }, 0, "127.0.0.1");
    private readonly HostLine _there = new(new HostJob { Name = "right" }, 1, "127.0.0.2");
    private readonly HostTalk _talk;
    private readonly WorkerConnection _agent;

    public HostTalkTests()
    {
        _talk = new HostTalk(_context, _keys, [_here, _there], line => $"0 /{line.Job.Name}");
        _agent = WorkerConnection.Dial(_agents, _talk.Endpoint, "right", _keys);
    }

    public void Dispose()
    {
        _talk.Dispose();
        _agent.Dispose();
        _agents.Dispose();
        _context.Dispose();
    }

    [Fact]
    public void AnAgentThatFits_IsToldItsFiles_AndIsReadyWhenItHasLooked()
    {
        Say("hello", new HostHello(HostHello.OwnVersion, "/sockets").ToText());
        Hear().ShouldBe(("welcome", "0 /right"));
        Say("checked", "");
        _talk.Await(_there, s_patience).ShouldBeTrue();
        _there.Loss.ShouldBeNull();
        _there.Hello!.SocketFolder.ShouldBe("/sockets");
    }

    [Fact]
    public void AnotherVersion_IsRefusedAndBothAreTold()
    {
        Say("hello", "9.9 (abc)\n/sockets");
        (string word, string text) = Hear();
        word.ShouldBe("refused");
        text.ShouldBe($"it runs Dilaton 9.9 (abc), and this host {HostHello.OwnVersion}");
        _talk.Await(_there, s_patience).ShouldBeTrue();
        _there.Loss.ShouldBe(text);
    }

    [Fact]
    public void ASecondAgentForTheSameHost_LosesIt()
    {
        Say("hello", new HostHello(HostHello.OwnVersion, "/sockets").ToText());
        Hear();
        Say("hello", new HostHello(HostHello.OwnVersion, "/sockets").ToText());
        _talk.Await(_there, s_patience).ShouldBeTrue();
        _there.Loss.ShouldBe("it came twice");
    }

    [Fact]
    public void AWorkerOfALostHost_EndsAndSaysWhy()
    {
        Say("hello", new HostHello(HostHello.OwnVersion, "/sockets").ToText());
        Hear();
        using RemoteWorker before = new("0", _ => { });
        using RemoteWorker after = new("1", _ => { });
        _talk.Add(_there, before);
        _talk.Lose(_there, () => "cut off");
        _talk.Add(_there, after);
        foreach (RemoteWorker worker in (RemoteWorker[])[before, after])
        {
            worker.Receive([]).ShouldBeFalse();
            worker.ProcessId.ShouldBe(0);
            worker.Loss.ShouldBe("host 'right' is lost: cut off");
        }
    }

    [Fact]
    public void WhatAWorkerSays_ComesOutOfItsPipe()
    {
        using RemoteWorker worker = new("7", _ => { });
        _talk.Add(_there, worker);
        Say("started 7", "4242");
        byte[] line = WorkerMessageJson.Write(
            new WorkerMessage { Kind = WorkerMessageKind.Progress, TimePs = 5 });
        Say("line 7", Encoding.UTF8.GetString(line));
        Say("exit 7", "137");
        worker.ProcessId.ShouldBe(4242);
        List<WorkerMessage> messages = [];
        while (worker.Receive(messages))
        {
        }

        messages.ShouldHaveSingleItem().TimePs.ShouldBe(5UL);
        worker.WaitForExit().ShouldBe(137);
        worker.Loss.ShouldBeNull();
    }

    [Fact]
    public void AMessageThatIsNone_LosesTheHost()
    {
        using RemoteWorker worker = new("7", _ => { });
        _talk.Add(_there, worker);
        Say("exit 7", "soon");
        _talk.Await(_there, s_patience).ShouldBeTrue();
        _there.Loss!.ShouldStartWith("it broke the protocol");
    }

    private void Say(string header, string text) =>
        _agent.Send("", Encoding.UTF8.GetBytes(header), Encoding.UTF8.GetBytes(text));

    private (string Word, string Text) Hear()
    {
        HostMessage message;
        do
        {
            _agent.TryReceive(s_patience).ShouldBeTrue();
            message = HostMessage.Read(_agent.Header, _agent.Payload);
        }
        while (message.Word == HostWord.Alive);

        return (message.Word, message.Text);
    }
}

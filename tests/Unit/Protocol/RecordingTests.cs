using Dilaton.Core;
using Dilaton.Protocol;
using Dilaton.Protocol.Wire;
using Google.Protobuf;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Protocol;

public sealed class RecordingTests
{
    private const string Name = "memory";

    [Fact]
    public void SameSession_GivesSameBytesWhateverTheHost() =>
        Record(processId: 77, ring: "/dev/shm/x", beats: 3)
            .ShouldBe(Record(processId: 12, ring: "", beats: 0));

    [Fact]
    public void Recording_SaysWhoseItIsAndWhatWasSaid()
    {
        using WireRecordingReader reader = Open(Record());
        List<string> messages = [];
        while (reader.TryRead())
        {
            Envelope envelope = Envelope.Parser.ParseFrom(reader.Header);
            messages.Add($"{reader.Direction} {reader.Partner} {envelope.BodyCase} "
                + $"{reader.Payload.Length > 0}");
        }

        reader.Session.ShouldBe("first-light");
        reader.IsCutOff.ShouldBeFalse();
        messages.ShouldBe(
        [
            "ToWorker memory Hello False", "ToPeer memory Welcome False",
            "ToPeer memory Interval True", "ToWorker memory IntervalDone True",
            "ToPeer memory Interval True", "ToWorker memory IntervalDone True",
            "ToPeer memory Bye False", "ToWorker memory Bye False",
        ]);
    }

    [Fact]
    public void Replay_GivesTheWorkerWhatItGotThen()
    {
        List<ulong> then = [], now = [];
        byte[] recording = Record(sums: then);
        using ReplayTransport replay = new(Open(recording));
        RunWorker(replay, "", sums: now);

        now.ShouldBe(then);
        replay.IsAtEnd.ShouldBeTrue();
    }

    [Fact]
    public void Replay_NamesTheFirstMessageThatDiffers()
    {
        using ReplayTransport payload = new(Open(Record()));
        Should.Throw<ReplayException>(() => RunWorker(payload, "", position: 1001)).Message
            .ShouldBe("message 5 of the recording: Interval to 'memory': frame 1 differs from "
                + "byte 16 on, recorded 32 bytes, now 32");

        using ReplayTransport header = new(Open(Record()));
        Should.Throw<ReplayException>(() => RunWorker(header, "", node: "node1")).Message
            .ShouldStartWith("message 2 of the recording: Welcome to 'memory': frame 0 differs: "
                + "recorded { ");

        using ReplayTransport sooner = new(Open(Record()));
        Should.Throw<ReplayException>(() => RunWorker(sooner, "", intervals: 1)).Message
            .ShouldStartWith("message 5 of the recording: Bye to 'memory': frame 0 differs: ");

        using ReplayTransport later = new(Open(Record(intervals: 1)));
        Should.Throw<ReplayException>(() => later.Send(Name, Bye(), [])).MessageNumber
            .ShouldBe(1);
    }

    [Fact]
    public void Replay_RefusesMoreThanWasRecorded()
    {
        using ReplayTransport replay = new(Open(Record()));
        RunWorker(replay, "");

        Should.Throw<ReplayException>(() => replay.Send(Name, Bye(), [])).Message
            .ShouldBe("message 9 of the recording: there is none, now Bye is sent to 'memory'");
    }

    [Fact]
    public void WorkerReplay_AcceptsThePeerThatAnswersAsThen()
    {
        using WireRecordingReader recording = Open(Record());
        using LoopbackTransport transport = Transport(999, beats: 5);

        WorkerReplay.Play(recording, transport, Name, TimeSpan.Zero).ShouldBe(8);
    }

    [Fact]
    public void WorkerReplay_NamesTheFirstAnswerThatDiffers()
    {
        using WireRecordingReader recording = Open(Record());
        using LoopbackTransport transport = Transport(999, beats: 0, stall: 5);

        Should.Throw<ReplayException>(
                () => WorkerReplay.Play(recording, transport, Name, TimeSpan.Zero)).Message
            .ShouldStartWith("message 4 of the recording: IntervalDone from 'memory': frame 1 "
                + "differs from byte 0 on");
    }

    [Fact]
    public void WorkerReplay_NamesTheAnswerThatDoesNotCome()
    {
        using WireRecordingReader recording = Open(Record());
        using LoopbackTransport silent = new((_, _, _, _) => { });

        Should.Throw<ReplayException>(
                () => WorkerReplay.Play(recording, silent, Name, TimeSpan.Zero)).Message
            .ShouldBe("message 1 of the recording: recorded Hello from 'memory', now nothing "
                + "comes");
    }

    [Fact]
    public void Recording_ThatEndsWithinAMessageIsReadUpToIt()
    {
        byte[] whole = Record();
        List<long> ends = [];
        using MemoryStream file = new(whole);
        using WireRecordingReader all = new(file);
        do
        {
            ends.Add(file.Position);
        }
        while (all.TryRead());

        for (int length = (int)ends[0]; length < whole.Length; length++)
        {
            using WireRecordingReader reader = Open(whole[..length]);
            while (reader.TryRead())
            {
            }

            reader.MessageNumber.ShouldBe(ends.Count(end => end <= length) - 1);
            reader.IsCutOff.ShouldBe(!ends.Contains(length));
        }
    }

    [Fact]
    public void WhatIsNoRecording_IsRefused()
    {
        byte[] good = Record();
        byte[] version = [.. good];
        version[16] = 2;
        byte[] entry = [.. good];
        entry[24 + 16] = 7;

        Refusal([]).ShouldBe("this is no recording of the wire, version 1");
        Refusal(new byte[100]).ShouldBe("this is no recording of the wire, version 1");
        Refusal(version).ShouldBe("the recording is of protocol version 2, known is 1");
        Refusal(entry).ShouldBe("the recording is damaged: message 1 does not begin as one");
    }

    private static string Refusal(byte[] bytes) => Should.Throw<WireRecordingException>(() =>
    {
        using WireRecordingReader reader = Open(bytes);
        reader.TryRead();
    }).Message;

    private static WireRecordingReader Open(byte[] bytes) => new(new MemoryStream(bytes));

    private static byte[] Record(
        ulong processId = 1, string ring = "", int beats = 1, int intervals = 2,
        List<ulong>? sums = null)
    {
        MemoryStream file = new();
        using (WireRecorder recorder = new(
            Transport(processId, beats), new WireRecordingWriter(file, "first-light")))
        {
            RunWorker(recorder, ring, intervals: intervals, sums: sums);
        }

        return file.ToArray();
    }

    // Greets, then answers each interval with a stall; heartbeats come before every answer.
    private static LoopbackTransport Transport(ulong processId, int beats, ulong stall = 4)
    {
        MessageWriter messages = new();
        IntervalDoneWriter done = new(1);
        LoopbackTransport transport = new((partner, header, _, answer) =>
        {
            for (int i = 0; i < beats; i++)
            {
                answer(partner + ".heartbeat", [1], []);
            }

            Envelope envelope = Envelope.Parser.ParseFrom(header);
            if (envelope.BodyCase == Envelope.BodyOneofCase.Interval)
            {
                done.Begin(envelope.Interval.Number, default);
                done.AddVcpu(default, new IssueStateView(stall, 0, false, [0]), [], []);
                answer(partner, messages.Write(done.Envelope).ToArray(), done.Payload.ToArray());
            }
            else if (envelope.BodyCase == Envelope.BodyOneofCase.Bye)
            {
                answer(partner, messages.Write(new Envelope { Bye = new() }).ToArray(), []);
            }
        });
        Envelope hello = new() { Hello = new Hello { Peer = Name, ProcessId = processId } };
        return transport.Incoming(Name, messages.Write(hello).ToArray(), []);
    }

    private static void RunWorker(
        IMessageTransport transport, string ring, string node = "node0", ulong position = 1000,
        int intervals = 2, List<ulong>? sums = null)
    {
        MessageWriter messages = new();
        IntervalWriter writer = new(1);
        Receive(transport).BodyCase.ShouldBe(Envelope.BodyOneofCase.Hello);
        Envelope welcome = new() { Welcome = new Welcome { Node = node, Ring = ring } };
        transport.Send(Name, messages.Write(welcome), []);
        for (int i = 1; i <= intervals; i++)
        {
            ulong cycles = i == 2 ? position : 1000;
            writer.Begin((ulong)i, default, default);
            writer.AddVcpu(0, isIdle: false);
            writer.AddRecords(
                [new(0, cycles * 64, 1, MemoryEventKind.Load, BehindCut: true)]);
            transport.Send(Name, messages.Write(writer.Envelope), writer.Payload);
            Envelope answer = Receive(transport);
            SessionShape shape = SessionShape.Uniform(1, 64, 1);
            IntervalDoneReader done = IntervalDoneReader.Open(
                answer.IntervalDone, (ulong)i, shape, transport.Payload);
            sums?.Add(done.ReadState(0).StallUnits);
        }

        transport.Send(Name, messages.Write(new Envelope { Bye = new() }), []);
        Receive(transport).BodyCase.ShouldBe(Envelope.BodyOneofCase.Bye);
    }

    private static Envelope Receive(IMessageTransport transport)
    {
        do
        {
            transport.TryReceive(TimeSpan.Zero).ShouldBeTrue();
        }
        while (transport.Sender != Name);
        return Envelope.Parser.ParseFrom(transport.Header);
    }

    private static byte[] Bye() => new Envelope { Bye = new() }.ToByteArray();
}

using System.Net;
using System.Net.Sockets;
using Dilaton.Native;
using Dilaton.Protocol;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration.Protocol;

/// <summary>The wire between hosts: who has the job's keys is heard, and nobody else hears.</summary>
public sealed class CurveTransportTests
{
    private const string LibZmq = "/usr/lib/x86_64-linux-gnu/libzmq.so.5";
    private const string Address = "127.0.0.2";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [RequiresFact(LibZmq)]
    public void WithTheKeys_MessagesPassBothWays()
    {
        CurveKeys keys = CurveKeys.Make();
        using ZeroMqContext context = new();
        using PeerEndpoint worker = PeerEndpoint.Bind(context, $"tcp://{Address}:*", keys);
        worker.Endpoint.ShouldStartWith($"tcp://{Address}:");
        using ZeroMqContext other = new();
        using WorkerConnection peer = WorkerConnection.Dial(other, worker.Endpoint, "memory", keys);
        byte[] payload = [.. Enumerable.Range(0, 3 << 20).Select(i => (byte)(i * 7))];
        peer.Send("", [1], payload);
        worker.TryReceive(s_patience).ShouldBeTrue();
        worker.Sender.ShouldBe("memory");
        worker.Payload.SequenceEqual(payload).ShouldBeTrue();
        worker.Send("memory", [2], payload);
        peer.TryReceive(s_patience).ShouldBeTrue();
        peer.Payload.SequenceEqual(payload).ShouldBeTrue();
    }

    [RequiresFact(LibZmq)]
    public void WithOtherKeys_OrNone_OrThePublicOneOnly_NobodyIsHeard()
    {
        CurveKeys keys = CurveKeys.Make();
        using ZeroMqContext context = new();
        using PeerEndpoint worker = PeerEndpoint.Bind(context, $"tcp://127.0.0.1:*", keys);
        using ZeroMqContext other = new();
        using WorkerConnection wrong =
            WorkerConnection.Dial(other, worker.Endpoint, "wrong", CurveKeys.Make());
        using WorkerConnection none = WorkerConnection.Dial(other, worker.Endpoint, "none");
        using ZeroMqSocket known = other.Open(ZeroMqSocketType.Dealer);
        known.SetLinger(0);
        known.SetCurveClient(WithSecretOf(keys.Public, CurveKeys.Make()));
        known.Connect(worker.Endpoint);
        wrong.Send("", [1], []);
        none.Send("", [1], []);
        known.Send([1], more: false);

        // The right one comes last, and is the only one to come.
        using WorkerConnection right =
            WorkerConnection.Dial(other, worker.Endpoint, "right", keys);
        right.Send("", [2], []);
        worker.TryReceive(s_patience).ShouldBeTrue();
        worker.Sender.ShouldBe("right");
        worker.TryReceive(TimeSpan.FromMilliseconds(300)).ShouldBeFalse();
    }

    [RequiresFact(LibZmq)]
    public async Task NothingOfAMessage_CanBeReadOnTheWire()
    {
        byte[] secret = "what the guest computes"u8.ToArray();
        (await Sniffed(secret, CurveKeys.Make())).AsSpan().IndexOf(secret).ShouldBe(-1);

        // The same without keys, to show that the listener hears.
        (await Sniffed(secret, null)).AsSpan().IndexOf(secret).ShouldBeGreaterThan(-1);
    }

    [RequiresTheory(LibZmq)]
    [InlineData("tcp://0.0.0.0.0:5000")]
    [InlineData("tcp://example.org:5000")]
    [InlineData("tcp://10.0.0.1:99999")]
    [InlineData("tcp://10.0.0.1")]
    [InlineData("tcp://[::1]:5000")]
    public void AnEndpointThatIsNone_IsRefusedWithKeysToo(string endpoint)
    {
        using ZeroMqContext context = new();
        Should.Throw<TransportException>(
            () => PeerEndpoint.Bind(context, endpoint, CurveKeys.Make())).Message.ShouldContain(endpoint);
    }

    [RequiresFact(LibZmq)]
    public void AnAddressOfAnotherHost_IsRefusedByTheKernel()
    {
        using ZeroMqContext context = new();
        Should.Throw<TransportException>(
            () => PeerEndpoint.Bind(context, "tcp://192.0.2.1:*", CurveKeys.Make()))
            .Message.ShouldContain("192.0.2.1");
    }

    private static CurveKeys WithSecretOf(string publicKey, CurveKeys other) =>
        CurveKeys.TryParse($"{publicKey} {other.Secret}")!;

    /// <summary>All bytes from peer to worker, as a relay between them sees them.</summary>
    private static async Task<byte[]> Sniffed(byte[] payload, CurveKeys? keys)
    {
        using ZeroMqContext context = new();
        using PeerEndpoint worker = PeerEndpoint.Bind(context, "tcp://127.0.0.1:*", keys);
        using TcpListener relay = new(IPAddress.Loopback, 0);
        relay.Start();
        string endpoint = $"tcp://127.0.0.1:{((IPEndPoint)relay.LocalEndpoint).Port}";
        using ZeroMqContext other = new();
        using WorkerConnection peer = WorkerConnection.Dial(other, endpoint, "memory", keys);
        peer.Send("", [1], payload);
        using TcpClient from = await relay.AcceptTcpClientAsync();
        using TcpClient to = new();
        await to.ConnectAsync(IPEndPoint.Parse(worker.Endpoint["tcp://".Length..]));
        using MemoryStream seen = new();
        Task back = to.GetStream().CopyToAsync(from.GetStream());
        Task forth = Copy(from.GetStream(), to.GetStream(), seen);
        worker.TryReceive(s_patience).ShouldBeTrue();
        worker.Payload.SequenceEqual(payload).ShouldBeTrue();
        from.Client.Shutdown(SocketShutdown.Receive);
        await forth;
        to.Close();
        await Should.NotThrowAsync(() => Task.WhenAny(back));
        return seen.ToArray();
    }

    private static async Task Copy(NetworkStream from, NetworkStream to, MemoryStream seen)
    {
        byte[] buffer = new byte[1 << 16];
        for (int count; (count = await from.ReadAsync(buffer)) > 0;)
        {
            seen.Write(buffer, 0, count);
            await to.WriteAsync(buffer.AsMemory(0, count));
        }
    }
}

using System.Net;
using System.Net.Sockets;
using Dilaton.Guest;
using Shouldly;
using TcpListener = Dilaton.Guest.TcpListener;

namespace Dilaton.Tests.Integration.Network;

/// <summary>Our stack against Linux's, over a TAP device in a network namespace of the test's own.
/// Frames are lost on our side.</summary>
public sealed class LinuxStackTests
{
    private const int TransferBytes = 10 << 20;
    private const string LinuxAddress = "10.77.0.1";
    private const string OurAddress = "10.77.0.2";
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(100);

    [RequiresTapFact]
    public void Linux_PingsUs() => Run(0, _ =>
    {
        CommandResult ping = Command.Run("/bin/busybox", ["ping", "-c", "3", OurAddress], new());
        ping.Output.ShouldContain("3 packets received, 0% packet loss");
        CommandResult large = Command.Run(
            "/bin/busybox", ["ping", "-c", "2", "-s", "5000", OurAddress], new());
        large.Output.ShouldContain("2 packets received, 0% packet loss");
    });

    [RequiresTapFact]
    public void Datagrams_ComeBack_WholeOrInFragments() => Run(0, node =>
    {
        node.Do(() =>
        {
            UdpEndpoint echo = node.Stack.Udp.Create();
            node.Stack.Udp.Bind(echo, new InternetEndpoint(default, 7)).ShouldBe(0);
            _ = new StackProgram(node, echo.ReadReady, () =>
            {
                while (echo.HasDatagram)
                {
                    Datagram came = echo.Take();
                    byte[] frame =
                        Ipv4Layer.CreateFrame(UdpLayer.HeaderBytes + came.Payload.Length);
                    came.Payload.CopyTo(frame.AsMemory(UdpLayer.PayloadOffset));
                    echo.Send(frame, came.Payload.Length, came.Source);
                }

                return true;
            });
        });
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.ReceiveTimeout = 10_000;
        socket.Connect(IPAddress.Parse(OurAddress), 7);
        byte[] back = new byte[65_536];
        foreach (int length in (int[])[0, 1, 1471, 1472, 1473, 9000, 60_000])
        {
            byte[] sent = Bytes(length, length);
            socket.Send(sent);
            socket.Receive(back).ShouldBe(length);
            back.AsSpan(0, length).SequenceEqual(sent).ShouldBeTrue();
        }
    });

    [RequiresTapFact]
    public void ClosedPorts_AreRefusedBothWays() => Run(0, node =>
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        Should.Throw<SocketException>(() => socket.Connect(IPAddress.Parse(OurAddress), 9))
            .SocketErrorCode.ShouldBe(SocketError.ConnectionRefused);
        TcpConnection ours = Connect(node, 9);
        Wait(() => ours.HasError);
        ours.TakeError().ShouldBe(Errno.ECONNREFUSED);
    });

    [RequiresTapFact]
    public void Linux_SendsToUs_ThroughLoss() => Run(100, node =>
    {
        TcpConnection? accepted = null;
        bool isRight = true;
        int received = 0;
        byte[] all = Bytes(TransferBytes, 3);
        byte[] chunk = new byte[1 << 16];
        node.Do(() =>
        {
            node.Stack.Tcp.Bind(new InternetEndpoint(default, 80), false, out TcpBinding? binding);
            node.Stack.Tcp.Listen(binding!, new TcpSettings(), 5, out TcpListener? listener);
            _ = new StackProgram(node, listener!.ReadReady, () =>
            {
                if (!listener.TryAccept(out accepted))
                {
                    return true;
                }

                _ = new StackProgram(node, accepted!.ReadReady, () =>
                {
                    int count;
                    while ((count = accepted.Read(chunk)) > 0)
                    {
                        isRight &= chunk.AsSpan(0, count)
                            .SequenceEqual(all.AsSpan(received, count));
                        received += count;
                    }

                    if (accepted.IsAtEnd)
                    {
                        accepted.Close();
                    }

                    return !accepted.IsAtEnd;
                });
                return false;
            });
        });
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(IPAddress.Parse(OurAddress), 80);
        socket.SendTimeout = (int)s_limit.TotalMilliseconds;
        socket.Send(all).ShouldBe(all.Length);
        socket.Shutdown(SocketShutdown.Send);
        socket.ReceiveTimeout = (int)s_limit.TotalMilliseconds;
        socket.Receive(new byte[1]).ShouldBe(0);
        received.ShouldBe(TransferBytes);
        isRight.ShouldBeTrue();
    });

    [RequiresTapFact]
    public void WeSendToLinux_ThroughLoss() => Run(100, node =>
    {
        byte[] all = Bytes(TransferBytes, 5);
        using Socket listening = new(
            AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listening.Bind(new IPEndPoint(IPAddress.Parse(LinuxAddress), 81));
        listening.Listen(1);
        int written = 0;
        TcpConnection ours = Connect(node, 81);
        node.Do(() => _ = new StackProgram(node, ours.WriteReady, () =>
        {
            while (ours.CanSend && written < all.Length)
            {
                int count = ours.Write(all.AsSpan(written));
                if (count == 0)
                {
                    return true;
                }

                written += count;
            }

            if (written == all.Length)
            {
                ours.Close();
            }

            return written < all.Length && !ours.HasError;
        }));
        using Socket socket = listening.Accept();
        socket.ReceiveTimeout = (int)s_limit.TotalMilliseconds;
        byte[] received = new byte[TransferBytes + 1];
        int total = 0;
        int got;
        while ((got = socket.Receive(received, total, received.Length - total, 0)) > 0)
        {
            total += got;
        }

        total.ShouldBe(TransferBytes);
        received.AsSpan(0, total).SequenceEqual(all).ShouldBeTrue();
        ours.RetransmitCount.ShouldBeGreaterThan(0UL);
    });

    private static TcpConnection Connect(HostTimeNode node, ushort port)
    {
        TcpConnection? made = null;
        IPAddress.Parse(LinuxAddress).GetAddressBytes();
        Ipv4Address.TryParse(LinuxAddress, out Ipv4Address linux).ShouldBeTrue();
        node.Do(() => node.Stack.Tcp.Connect(
            null, new InternetEndpoint(linux, port), new TcpSettings(), out made).ShouldBe(0));
        return made!;
    }

    private static void Wait(Func<bool> holds) =>
        SpinWait.SpinUntil(holds, TimeSpan.FromSeconds(20)).ShouldBeTrue();

    private static byte[] Bytes(int length, int salt) =>
        [.. Enumerable.Range(0, length).Select(i => (byte)((i * 31) ^ (i >> 9) ^ salt))];

    /// <summary>Runs a test on a thread that is alone in its network, beside our stack.</summary>
    /// <param name="lossOneIn">One frame in so many is lost; 0 is none.</param>
    private static void Run(int lossOneIn, Action<HostTimeNode> test)
    {
        Exception? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                TapDevice.EnterNewNetwork();
                using TapDevice tap = TapDevice.Create("tap0");
                Ip("addr", "add", LinuxAddress + "/24", "dev", "tap0");
                Ip("link", "set", "tap0", "up");
                SeededRandom random = new(Seeded.Seed);
                using HostTimeNode node = new(
                    tap, Options(), () => lossOneIn > 0 && random.Next() % (ulong)lossOneIn == 0);
                node.Start();
                test(node);
                node.Failure.ShouldBeNull();
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        failure.ShouldBeNull();
    }

    private static void Ip(params string[] arguments) =>
        Command.Run(RequiresTapFactAttribute.Ip, arguments, new()).ExitCode.ShouldBe(0);

    private static NetworkOptions Options()
    {
        Ipv4Address.TryParse(OurAddress, out Ipv4Address address).ShouldBeTrue();
        return new NetworkOptions
        {
            Mac = new MacAddress(0x0200_0000_0002),
            Address = address,
            PrefixLength = 24,
            MtuBytes = 1500,
            BandwidthBitsPerSecond = 1_000_000_000,
            QueueFrames = 1000,
            Hosts = [],
        };
    }
}

using System.Text;

namespace Dilaton.Native;

/// <summary>Lets into a context's encrypted sockets who has the job's keys, and nobody else: the
/// handler of ZeroMQ's authentication protocol (RFC 27).
/// <code>
/// libzmq ── version, request, domain, address, identity, CURVE, client's key ──> gate
/// libzmq &lt;── version, request, 200 or 400, why, user, metadata ───────────────── gate
/// </code></summary>
internal sealed class CurveGate : IDisposable
{
    private const string Endpoint = "inproc://zeromq.zap.01";
    private const int FramesMax = 16;
    private const int MechanismFrame = 5;
    private const int KeyFrame = 6;
    private const int PollMs = 200;

    private readonly ZeroMqSocket _socket;
    private readonly byte[] _allowed;
    private readonly Thread _thread;
    private volatile bool _isOver;

    public CurveGate(ZeroMqContext context, CurveKeys keys)
    {
        Keys = keys;
        _allowed = keys.PublicBytes();
        _socket = context.Open(ZeroMqSocketType.Reply);
        _socket.SetLinger(0);
        _socket.Bind(Endpoint);
        _thread = new Thread(Serve) { Name = "curve gate", IsBackground = true };
        _thread.Start();
    }

    public CurveKeys Keys { get; }

    public void Dispose()
    {
        _isOver = true;
        _thread.Join();
        _socket.Dispose();
    }

    private void Serve()
    {
        using ZeroMqMessage message = new();
        List<byte[]> frames = [];
        while (!_isOver)
        {
            frames.Clear();
            bool more = _socket.TryReceive(message, PollMs);
            while (more)
            {
                if (frames.Count < FramesMax)
                {
                    frames.Add(message.Data.ToArray());
                }

                more = message.HasMore && _socket.TryReceive(message, timeoutMs: -1);
            }

            if (frames.Count > 1)
            {
                Answer(frames);
            }
        }
    }

    private void Answer(List<byte[]> frames)
    {
        bool isOurs = frames.Count == KeyFrame + 1
            && frames[MechanismFrame].AsSpan().SequenceEqual("CURVE"u8)
            && frames[KeyFrame].AsSpan().SequenceEqual(_allowed);
        _socket.Send(frames[0], more: true);
        _socket.Send(frames[1], more: true);
        _socket.Send(Encoding.ASCII.GetBytes(isOurs ? "200" : "400"), more: true);
        _socket.Send(isOurs ? "OK"u8 : "not of this job"u8, more: true);
        _socket.Send([], more: true);
        _socket.Send([], more: false);
    }
}

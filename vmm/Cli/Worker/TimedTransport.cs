using System.Diagnostics;
using Dilaton.Protocol;

namespace Dilaton.Cli;

/// <summary>Measures how long a worker waits for its peer, in host time: for the display, never
/// for a result.</summary>
internal sealed class TimedTransport(IMessageTransport inner) : IMessageTransport
{
    private long _ticks;

    public string Endpoint => inner.Endpoint;

    public string Sender => inner.Sender;

    public ReadOnlySpan<byte> Header => inner.Header;

    public ReadOnlySpan<byte> Payload => inner.Payload;

    /// <summary>Any thread.</summary>
    public double WaitSeconds => Volatile.Read(ref _ticks) / (double)Stopwatch.Frequency;

    public bool TryReceive(TimeSpan timeout)
    {
        long begin = Stopwatch.GetTimestamp();
        try
        {
            return inner.TryReceive(timeout);
        }
        finally
        {
            Volatile.Write(ref _ticks, _ticks + Stopwatch.GetTimestamp() - begin);
        }
    }

    public void Send(string partner, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload) =>
        inner.Send(partner, header, payload);

    public void Dispose() => inner.Dispose();
}

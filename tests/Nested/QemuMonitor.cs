using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Dilaton.Tests.Nested;

/// <summary>QEMU's monitor, by a socket (QEMU manual, "QEMU Monitor"). What it is asked takes no virtual time.</summary>
internal sealed partial class QemuMonitor : IDisposable
{
    private const string Prompt = "(qemu) ";
    private const ulong InterruptFlag = 0x200;

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    /// <exception cref="SocketException">QEMU is not there, or no more.</exception>
    public QemuMonitor(string path)
    {
        _socket.Connect(new UnixDomainSocketEndPoint(path));
        Answer();
    }

    /// <summary>Where each processor is, the innermost guest's addresses among them.</summary>
    /// <exception cref="SocketException">QEMU is not there any more.</exception>
    public IReadOnlyList<ProcessorPlace> Places()
    {
        Say("info registers -a");
        return
        [
            .. PlaceLines().Matches(Answer()).Select(place => new ProcessorPlace(
                Convert.ToUInt64(place.Groups[1].Value, 16),
                (Convert.ToUInt64(place.Groups[2].Value, 16) & InterruptFlag) != 0)),
        ];
    }

    /// <summary>Ends QEMU, and waits for that: it does not read what one says who leaves at once.</summary>
    public void Quit()
    {
        Say("quit");
        Answer();
    }

    public void Dispose() => _socket.Dispose();

    private void Say(string command) => _socket.Send(Encoding.ASCII.GetBytes($"{command}\n"));

    private string Answer()
    {
        StringBuilder text = new();
        byte[] bytes = new byte[1 << 16];
        while (!text.ToString().EndsWith(Prompt, StringComparison.Ordinal)
            && _socket.Receive(bytes) is var count and > 0)
        {
            text.Append(Encoding.ASCII.GetString(bytes, 0, count));
        }

        return text.ToString();
    }

    [GeneratedRegex("RIP=([0-9a-f]+) RFL=([0-9a-f]+)")]
    private static partial Regex PlaceLines();
}

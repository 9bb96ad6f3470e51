using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Dilaton.Tests.Integration.Debug;

/// <summary>A debugger's end of the remote protocol, packet by packet.</summary>
internal sealed class RemoteDebugger : IDisposable
{
    private readonly TcpClient _client = new();
    private readonly NetworkStream _stream;

    public RemoteDebugger(string address)
    {
        string[] parts = address.Split(':');
        _client.Connect(parts[0], int.Parse(parts[1], CultureInfo.InvariantCulture));
        _stream = _client.GetStream();
    }

    public string Ask(string packet)
    {
        Send(packet);
        return Answer();
    }

    public void Send(string packet) =>
        Raw($"${packet}#{(byte)packet.Sum(c => c):x2}");

    public void Raw(string text) => _stream.Write(Encoding.Latin1.GetBytes(text));

    /// <summary>The next packet, acknowledged.</summary>
    public string Answer()
    {
        var text = new StringBuilder();
        while (Next() != '$')
        {
        }

        for (int c; (c = Next()) != '#';)
        {
            text.Append((char)c);
        }

        Next();
        Next();
        Raw("+");
        return text.ToString();
    }

    public void Dispose() => _client.Dispose();

    private int Next()
    {
        int value = _stream.ReadByte();
        return value >= 0 ? value : throw new EndOfStreamException();
    }
}

using System.Text;
using Dilaton.Guest;

namespace Dilaton.Tests.Unit.Guest;

/// <summary>A debugger that says what a test gave it, and then goes.</summary>
internal sealed class ScriptedDebugger : IDebugConnection
{
    private readonly Queue<string> _says = new();

    public List<string> Heard { get; } = [];

    public bool HasInterrupt { get; set; }

    public bool IsClosed { get; private set; }

    public string Last => Heard[^1];

    public void Says(params string[] packets)
    {
        foreach (string packet in packets)
        {
            _says.Enqueue(packet);
        }
    }

    public bool Open() => !IsClosed;

    public byte[]? Receive() =>
        _says.TryDequeue(out string? packet) ? Encoding.Latin1.GetBytes(packet) : null;

    public void Send(ReadOnlySpan<byte> payload) => Heard.Add(Encoding.Latin1.GetString(payload));

    public void StopAcknowledging() => Heard.Add("(no acknowledgements)");

    public void ClearInterrupt() => HasInterrupt = false;

    public void Close() => IsClosed = true;
}

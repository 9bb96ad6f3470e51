using System.Text;

namespace Dilaton.Cli;

/// <summary>What a front and its agent on another host tell each other: docs/protocol.md, section
/// 9.</summary>
/// <param name="Word">One of <see cref="HostWord"/>.</param>
/// <param name="Id">Of the worker or peer that it is about, and what belongs to it; or empty.
/// </param>
internal sealed record HostMessage(string Word, string Id, ReadOnlyMemory<byte> Body)
{
    public HostMessage(string word, string id = "", string body = "")
        : this(word, id, Encoding.UTF8.GetBytes(body))
    {
    }

    public string Text => Encoding.UTF8.GetString(Body.Span);

    public byte[] Header => Encoding.UTF8.GetBytes($"{Word} {Id}");

    public static HostMessage Read(ReadOnlySpan<byte> header, ReadOnlySpan<byte> body)
    {
        string text = Encoding.UTF8.GetString(header);
        int space = text.IndexOf(' ', StringComparison.Ordinal);
        return space < 0
            ? new HostMessage(text, "", body.ToArray())
            : new HostMessage(text[..space], text[(space + 1)..], body.ToArray());
    }
}

using System.Text;
using Dilaton.Guest;

namespace Dilaton.Tests.Unit.Guest.Files;

internal sealed class CollectedOutput : IGuestOutput
{
    private readonly List<byte> _bytes = [];

    public string Text => Encoding.UTF8.GetString(_bytes.ToArray());

    public void Write(ReadOnlySpan<byte> bytes) => _bytes.AddRange(bytes);
}

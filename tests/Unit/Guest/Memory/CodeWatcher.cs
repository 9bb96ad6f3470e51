using Dilaton.Core;

namespace Dilaton.Tests.Unit.Guest;

internal sealed class CodeWatcher : ICodeObserver
{
    public List<(ulong Start, ulong Length)> Code { get; } = [];

    public List<(ulong Start, ulong Length)> Mappings { get; } = [];

    public void CodeChanged(ulong start, ulong lengthBytes) => Code.Add((start, lengthBytes));

    public void MappingChanged(ulong start, ulong lengthBytes) =>
        Mappings.Add((start, lengthBytes));
}

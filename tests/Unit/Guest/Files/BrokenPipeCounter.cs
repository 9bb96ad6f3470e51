using Dilaton.Guest;

namespace Dilaton.Tests.Unit.Guest.Files;

internal sealed class BrokenPipeCounter : IBrokenPipeHandler
{
    public int Count { get; private set; }

    public void BrokenPipe(SystemCallContext call) => Count++;
}

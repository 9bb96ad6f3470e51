using Dilaton.Guest;

namespace Dilaton.Tests.Unit.Guest.Files;

internal sealed class BrokenPipeCounter : IBrokenPipeHandler
{
    public int Count { get; private set; }

    public void BrokenPipe(SystemCallContext call) => Count++;

    public void FileTooLarge(SystemCallContext call) =>
        throw new InvalidOperationException("no test has a limit of the size of files");
}

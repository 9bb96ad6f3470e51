using Dilaton.Core;
using Dilaton.Guest;

namespace Dilaton.Tests.Unit.Guest.Files;

internal sealed class FakeCall(FakeMemory memory, FakeClock clock, ulong[] arguments)
    : SystemCallContext
{
    public bool Retry { get; set; }

    public bool Late { get; set; }

    public int Thread { get; set; } = FileSandbox.ProcessId;

    public override IUserMemory Memory => memory;

    public override VirtualTime Now => clock.Now;

    public override bool IsRetry => Retry;

    public override bool TimedOut => Late;

    public override int ProcessId => FileSandbox.ProcessId;

    public override int ThreadId => Thread;

    public override ulong Argument(int index) =>
        index < arguments.Length ? arguments[index] : 0;
}

namespace Dilaton.Guest;

/// <summary>Told when a thread wrote to a pipe that nobody reads: it is to get SIGPIPE beside the
/// call's EPIPE.</summary>
internal interface IBrokenPipeHandler
{
    void BrokenPipe(SystemCallContext call);
}

namespace Dilaton.Guest;

/// <summary>Told of writes whose error is a signal too.</summary>
internal interface IBrokenPipeHandler
{
    /// <summary>To a pipe that nobody reads: SIGPIPE beside EPIPE.</summary>
    void BrokenPipe(SystemCallContext call);

    /// <summary>Beyond RLIMIT_FSIZE: SIGXFSZ beside EFBIG.</summary>
    void FileTooLarge(SystemCallContext call);
}

namespace Dilaton.Guest;

/// <summary>All system calls on files.</summary>
internal static class FileSystemCalls
{
    public static void Register(SystemCallTable table, NodeFileSystem files)
    {
        List<FileCallGroup> groups =
        [
            new TransferCalls(files),
            new OpenCalls(files),
            new StatusCalls(files),
            new DirectoryCalls(files),
            new NameCalls(files),
            new AttributeCalls(files),
            new ControlCalls(files),
            new CopyCalls(files),
            new SpliceCalls(files),
            new LockCalls(files),
            new PipeCalls(files),
            new PollCalls(files),
            new EpollCalls(files),
            new TimerCalls(files),
            new InotifyCalls(files),
        ];
        if (files.Network is { } network)
        {
            groups.Add(new SocketCalls(files, network.Stack));
            groups.Add(new MessageCalls(files));
        }

        foreach (FileCallGroup group in groups)
        {
            group.Register(table);
        }
    }
}

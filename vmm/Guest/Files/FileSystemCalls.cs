namespace Dilaton.Guest;

/// <summary>All system calls on files.</summary>
internal static class FileSystemCalls
{
    public static void Register(SystemCallTable table, NodeFileSystem files)
    {
        FileCallGroup[] groups =
        [
            new TransferCalls(files),
            new OpenCalls(files),
            new StatusCalls(files),
        ];
        foreach (FileCallGroup group in groups)
        {
            group.Register(table);
        }
    }
}

namespace Dilaton.Tests.Integration;

/// <summary>A file system of its own in memory.</summary>
internal sealed class TmpfsFolder : IDisposable
{
    private readonly TempFolder _folder = new();

    public TmpfsFolder(string options) => Mount("-t", "tmpfs", "-o", options, "tmpfs", Path);

    public string Path => _folder.Path;

    public static bool CanMount()
    {
        using TempFolder folder = new();
        bool can = Command.Run("mount", ["-t", "tmpfs", "tmpfs", folder.Path]).ExitCode == 0;
        return can && Command.Run("umount", [folder.Path]).ExitCode == 0;
    }

    public void Remount(string options) => Mount("-o", $"remount,{options}", Path);

    public void Dispose()
    {
        Command.Run("umount", ["-l", Path]);
        _folder.Dispose();
    }

    private static void Mount(params string[] arguments)
    {
        CommandResult result = Command.Run("mount", arguments);
        if (result.ExitCode != 0)
        {
            throw new InvalidOperationException($"mount failed: {result.Error}");
        }
    }
}

namespace Dilaton.Tests.Integration;

internal sealed class TempFolder : IDisposable
{
    public TempFolder()
    {
        Path = Directory.CreateTempSubdirectory("dilaton-test-").FullName;
    }

    /// <summary>In another place than the host's folder for such.</summary>
    public TempFolder(string parent)
    {
        Path = System.IO.Path.Combine(parent, $"dilaton-test-{Environment.ProcessId}-{s_count++}");
        Directory.CreateDirectory(Path);
    }

    private static int s_count;

    public string Path { get; }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public string Write(string name, string text)
    {
        System.IO.File.WriteAllText(File(name), text);
        return File(name);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

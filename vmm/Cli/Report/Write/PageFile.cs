namespace Dilaton.Cli;

/// <summary>The parts of the page that are the same in every report, from the program itself.
/// </summary>
internal static class PageFile
{
    public static string Read(string name)
    {
        using Stream stream = Open(name);
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }

    public static Stream Open(string name) =>
        typeof(PageFile).Assembly.GetManifestResourceStream($"report/{name}")
        ?? throw new ArgumentOutOfRangeException(nameof(name), name, "no such part of the page");
}

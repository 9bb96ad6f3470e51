namespace Dilaton.Cli;

/// <summary>An installed element library of SST.</summary>
internal sealed record SstLibrary(string Name, IReadOnlyList<SstElement> Elements)
{
    /// <returns>Null if it has none of this name.</returns>
    public SstElement? Find(string name) =>
        Elements.FirstOrDefault(e => e.Name == name || (e.Alias.Length > 0 && e.Alias == name));
}

namespace Dilaton.Cli;

/// <summary>Finds libraries and elements by name, or says which ones exist.</summary>
internal static class SstLookup
{
    /// <param name="place">What the message begins with; may be empty.</param>
    public static SstLibrary? Library(
        SstCatalogue catalogue, SstType type, string place, DiagnosticBag bag)
    {
        if (catalogue.Find(type.Library) is { } library)
        {
            return library;
        }

        IReadOnlyList<string> names = catalogue.Names();
        bag.Error(
            DiagnosticCode.SstElement,
            names.Contains(type.Library)
                ? $"{place}SST can't load its element library '{type.Library}'"
                : $"{place}SST has no element library '{type.Library}'",
            names.Contains(type.Library)
                ? $"sst-info {type.Library} shows why"
                : $"{Spelling.Help(type.Library, names)}; "
                    + "others are found if SST_LIB_PATH names their folder");
        return null;
    }

    /// <param name="place">What the message begins with; may be empty.</param>
    public static SstElement? Element(
        SstLibrary library, SstType type, string place, DiagnosticBag bag)
    {
        if (library.Find(type.Element) is { } element)
        {
            return element;
        }

        string[] names = [.. library.Elements.Select(e => e.Name)];
        string? nearest = Spelling.Nearest(type.Element, names);
        bag.Error(
            DiagnosticCode.SstElement,
            $"{place}SST's library {library.Name} has no element '{type.Element}'",
            nearest is not null
                ? $"did you mean '{library.Name}.{nearest}'?"
                : $"dilaton sst info {library.Name} lists them");
        return null;
    }
}

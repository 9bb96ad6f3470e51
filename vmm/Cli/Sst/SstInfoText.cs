using System.Text;

namespace Dilaton.Cli;

/// <summary>What libraries and elements offer, for people.</summary>
internal static class SstInfoText
{
    public static string Of(IReadOnlyList<SstLibrary> libraries)
    {
        StringBuilder text = new();
        foreach (SstLibrary library in libraries)
        {
            string counts = string.Join(", ", library.Elements
                .GroupBy(e => e.Kind).Select(g => $"{g.Count()} {g.Key}"));
            text.Append($"{library.Name,-20} {counts}\n");
        }

        return text.Append("\nmore: dilaton sst info LIBRARY\n").ToString();
    }

    public static string Of(SstLibrary library)
    {
        StringBuilder text = new($"{library.Name}\n");
        foreach (IGrouping<string, SstElement> kind in library.Elements.GroupBy(e => e.Kind))
        {
            text.Append($"\n{kind.Key}\n");
            foreach (SstElement element in kind)
            {
                string fits = element.Interface.Length > 0 ? $" [{element.Interface}]" : "";
                text.Append($"  {element.Name,-28} {OneLine(element.Description)}{fits}\n");
            }
        }

        return text.Append($"\nmore: dilaton sst info {library.Name}.ELEMENT\n").ToString();
    }

    public static string Of(SstLibrary library, SstElement element)
    {
        StringBuilder text = new($"{library.Name}.{element.Name} ({element.Kind})\n");
        text.Append($"  {OneLine(element.Description)}\n");
        if (element.Interface.Length > 0)
        {
            text.Append($"  for slots of {element.Interface}\n");
        }

        Section(text, "parameters", element.Parameters, p => p.Name, p =>
            $"{(p.Default.Length > 0 ? p.Default : "-"),-16} {p.Description}");
        Section(text, "ports", element.Ports, p => p.Name, p => p.Description);
        Section(text, "slots", element.Slots, s => s.Name, s => $"[{s.Interface}] {s.Description}");
        Section(text, "statistics", element.Statistics, s => s.Name, s =>
            $"{s.Description} [{s.Unit}; level {s.Level}]");
        return text.ToString();
    }

    private static void Section<T>(
        StringBuilder text,
        string title,
        IReadOnlyList<T> items,
        Func<T, string> name,
        Func<T, string> rest)
    {
        if (items.Count > 0)
        {
            text.Append($"{title}\n");
        }

        foreach (T item in items)
        {
            text.Append($"  {name(item),-28} {OneLine(rest(item))}\n");
        }
    }

    private static string OneLine(string text) =>
        string.Concat(text.Trim().Select(c => char.IsControl(c) ? ' ' : c));
}

namespace Dilaton.Cli;

/// <summary>Holds a graph to what the element libraries say of themselves. SST takes a misspelt
/// parameter without a word, and finds a misspelt element only once the job runs.</summary>
internal sealed class SstGraphCheck(SstCatalogue catalogue, string place, DiagnosticBag bag)
{
    private readonly Dictionary<string, SstElement?> _elements = [];

    // The same mistake in each of many caches is one.
    private readonly Dictionary<string, (SstPart First, string Help, int Count)> _warnings = [];

    /// <returns>How many components and subcomponents were looked at.</returns>
    public int Check(SstGraph graph)
    {
        SstPart[] parts = [.. graph.Parts()];
        catalogue.Load(parts.Select(part => SstType.ParseElement(part.Type).Library));
        foreach (SstPart part in parts)
        {
            if (Element(part) is { } element)
            {
                CheckSlot(part);
                CheckParameters(part, element);
            }
        }

        foreach ((string message, (SstPart first, string help, int count)) in _warnings)
        {
            string others = count > 1 ? $" (and of {count - 1} more)" : "";
            bag.Warning(
                DiagnosticCode.SstParameter, $"{place}{first.Path}{others}: {message}", help);
        }

        return parts.Length;
    }

    private SstElement? Element(SstPart part)
    {
        if (_elements.TryGetValue(part.Type, out SstElement? known))
        {
            return known;
        }

        SstType type = SstType.ParseElement(part.Type);
        string where = $"{place}{part.Path}: ";
        SstElement? found = SstLookup.Library(catalogue, type, where, bag) is { } library
            ? SstLookup.Element(library, type, where, bag)
            : null;
        _elements[part.Type] = found;
        return found;
    }

    private void CheckSlot(SstPart part)
    {
        if (part.Owner is { } owner
            && _elements.GetValueOrDefault(owner.Type) is { } element
            && !element.Slots.Any(slot => SstPattern.Matches(slot.Name, part.Slot)))
        {
            Warn(
                owner,
                $"{owner.Type} describes no slot '{part.Slot}'",
                part.Slot,
                [.. element.Slots.Select(slot => slot.Name)]);
        }
    }

    private void CheckParameters(SstPart part, SstElement element)
    {
        foreach ((string name, string _) in part.Parameters)
        {
            (SstElement reader, string type, string rest) = Reader(part, element, name);
            string[] names = [.. reader.Parameters.Select(p => p.Name)];

            // Before slots had subcomponents, a parameter named for the slot named its element.
            bool isKnown = names.Any(known => SstPattern.Matches(known, rest))
                || reader.Slots.Any(slot => slot.Name == rest);

            // What an element hands down to parts that it makes itself, no description tells.
            bool isHandedDown = rest.Contains('.', StringComparison.Ordinal)
                && Spelling.Nearest(rest, names) is null;
            if (!isKnown && !isHandedDown)
            {
                Warn(part, $"{type} describes no parameter '{rest}'", rest, names);
            }
        }
    }

    /// <summary>A parameter such as mapper.grain belongs to the element that the parameter mapper
    /// names, by its value or default.</summary>
    private (SstElement Reader, string Type, string Name) Reader(
        SstPart part, SstElement element, string name)
    {
        for (int dot = name.LastIndexOf('.'); dot > 0; dot = name.LastIndexOf('.', dot - 1))
        {
            string scope = name[..dot];
            string value = part.Parameters.FirstOrDefault(p => p.Key == scope).Value
                ?? element.Parameters.FirstOrDefault(p => p.Name == scope)?.Default
                ?? "";
            SstType type = SstType.Parse(value);
            if (type.Element.Length > 0
                && catalogue.Find(type.Library)?.Find(type.Element) is { } named)
            {
                return (named, value, name[(dot + 1)..]);
            }
        }

        return (element, part.Type, name);
    }

    private void Warn(SstPart part, string message, string word, IReadOnlyCollection<string> names)
    {
        string? nearest = Spelling.Nearest(word, names);
        string help = nearest is null ? "" : $"did you mean '{nearest}'?";
        _warnings[message] = _warnings.TryGetValue(message, out var earlier)
            ? earlier with { Count = earlier.Count + 1 }
            : (part, help, 1);
    }
}

namespace Dilaton.Cli;

/// <summary>The name of an element in an SST configuration: library.element.</summary>
/// <param name="Element">Empty if only a library was named.</param>
internal readonly record struct SstType(string Library, string Element)
{
    public static SstType Parse(string text)
    {
        int dot = text.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? new SstType(text, "") : new SstType(text[..dot], text[(dot + 1)..]);
    }

    /// <summary>As SST takes it: a component may be called by its library's name alone, if that is
    /// its own.</summary>
    public static SstType ParseElement(string text)
    {
        SstType type = Parse(text);
        return type.Element.Length == 0 ? type with { Element = type.Library } : type;
    }
}

using System.Xml.Linq;

namespace Dilaton.Cli;

/// <summary>Reads what `sst-info -x` writes.</summary>
internal static class SstInfoXml
{
    public static IReadOnlyList<SstLibrary> Libraries(XDocument document) =>
    [
        .. document.Root!.Elements("Element").Select(library => new SstLibrary(
            Text(library, "Name"),
            [.. library.Elements().Where(e => e.Attribute("Name") is not null).Select(Element)])),
    ];

    /// <summary>The folders in which SST looks for libraries.</summary>
    public static IReadOnlyList<string> Folders(XDocument document) =>
        document.Root!.Element("FileInfo") is { } file
            ? Text(file, "SearchPath").Split(':', StringSplitOptions.RemoveEmptyEntries)
            : [];

    private static SstElement Element(XElement element) => new()
    {
        Kind = element.Name.LocalName,
        Name = Text(element, "Name"),
        Alias = Text(element, "Alias"),
        Description = Text(element, "Description"),
        Interface = Text(element, "Interface"),
        Parameters =
        [
            .. element.Elements("Parameter").Select(p => new SstParameter(
                Text(p, "Name"), Default(p), Text(p, "Description"))),
        ],
        Ports =
        [
            .. element.Elements("Port").Select(p => new SstPort(
                Text(p, "Name"), Text(p, "Description"))),
        ],
        Slots =
        [
            .. element.Elements("SubComponentSlot").Select(s => new SstSlot(
                Text(s, "Name"), Text(s, "Interface"), Text(s, "Description"))),
        ],
        Statistics =
        [
            .. element.Elements("Statistic").Select(s => new SstStatistic(
                Text(s, "Name"), Text(s, "Units"), Text(s, "EnableLevel"),
                Text(s, "Description"))),
        ],
    };

    // sst-info's word for no default at all.
    private static string Default(XElement parameter) =>
        Text(parameter, "Default") is { } text && text != "none" ? text : "";

    private static string Text(XElement element, string attribute) =>
        (string?)element.Attribute(attribute) ?? "";
}

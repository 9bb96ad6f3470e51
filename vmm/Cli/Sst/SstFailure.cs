using System.Text.RegularExpressions;

namespace Dilaton.Cli;

/// <summary>Why SST could build no graph, from what it printed. It looks elements up when their
/// ports are linked, and names neither what was meant nor where.</summary>
internal static partial class SstFailure
{
    private const int LogLines = 12;

    public static void Report(
        string output, string config, SstCatalogue catalogue, string place, DiagnosticBag bag)
    {
        if (UnknownElement().Match(output) is { Success: true } element
            && IsUnknown(element.Groups["type"].Value, catalogue, place, bag))
        {
            return;
        }

        if (UnknownPort().Match(output) is { Success: true } port)
        {
            string type = port.Groups["type"].Value;
            SstType parsed = SstType.ParseElement(type);
            string[] names =
                [.. catalogue.Find(parsed.Library)?.Find(parsed.Element)?.Ports.Select(p => p.Name)
                    ?? []];
            bag.Error(
                DiagnosticCode.SstConfiguration,
                $"{place}{port.Groups["component"].Value}: {type} has no port "
                    + $"'{port.Groups["port"].Value}'",
                names.Length > 0 ? Spelling.Help(port.Groups["port"].Value, names) : "");
            return;
        }

        bag.Error(
            DiagnosticCode.SstConfiguration, $"{place}{config} can't be read; SST's last lines:");
        bag.Quote(PeerLog.Tail(
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries), LogLines));
    }

    private static bool IsUnknown(
        string name, SstCatalogue catalogue, string place, DiagnosticBag bag)
    {
        SstType type = SstType.ParseElement(name);
        return SstLookup.Library(catalogue, type, place, bag) is not { } library
            || SstLookup.Element(library, type, place, bag) is null;
    }

    [GeneratedRegex(@"can't find requested [a-z ]*'(?<type>[^']+)'")]
    private static partial Regex UnknownElement();

    [GeneratedRegex(@"unknown port: (?<port>\S+), in component (?<component>\S+) of type "
        + @"(?<type>\S+?)\.?$", RegexOptions.Multiline)]
    private static partial Regex UnknownPort();
}

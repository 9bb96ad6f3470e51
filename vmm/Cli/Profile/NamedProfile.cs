using Dilaton.Cosim;
using Dilaton.Guest;

namespace Dilaton.Cli;

/// <summary>A profile with names: the one that all files are made of. Rows with the most cycles come first,
/// equal ones by name.</summary>
internal sealed class NamedProfile
{
    public const string Unnamed = "(no symbol)";
    public const string Generated = "(generated code)";

    private readonly CodeNames _names;

    private readonly bool _lacksAllocators;

    /// <param name="names">Of the programs' files.</param>
    /// <param name="lacksAllocators">They were looked for.</param>
    public NamedProfile(ProfileTable table, CodeNames names, bool lacksAllocators)
    {
        _lacksAllocators = lacksAllocators;
        Table = table;
        _names = names;
        Cycles = Index("cycles");
        Lines = Sort(Merge(table.Rows.Select(Name)));
        Functions = Sort(Merge(Lines.Select(row => row with { File = "", Line = 0 })));
        Data = [.. table.Data.OrderByDescending(row => row.Values[Cycles])
            .ThenBy(row => row.Region.Kind, StringComparer.Ordinal)
            .ThenBy(row => row.Low)];
    }

    public ProfileTable Table { get; }

    public IReadOnlyList<NamedRow> Functions { get; }

    public IReadOnlyList<NamedRow> Lines { get; }

    public IReadOnlyList<DataRow> Data { get; }

    /// <summary>What could not be named, and why.</summary>
    public IReadOnlyList<string> Remarks => !_lacksAllocators
        ? _names.Remarks
        : [.. _names.Remarks, "no symbol of malloc or its like was found: memory is told by segment, and not by "
            + "where it was allocated"];

    /// <summary>Column of the cycles.</summary>
    public int Cycles { get; }

    /// <summary>Of a function, or of what has no name.</summary>
    public NamedRow NameOf(CodePlace place) => Name(new ProfileRow(place, []));

    public int Index(string column)
    {
        int i = 0;
        while (Table.Columns[i].Name != column)
        {
            i++;
        }

        return i;
    }

    private NamedRow Name(ProfileRow row)
    {
        if (row.Place.File is not { } module)
        {
            return new NamedRow("", Generated, "", 0, [.. row.Values]);
        }

        CodeName name = _names.NameOf(module, row.Place.Offset);
        return new NamedRow(module, name.Function ?? Unnamed, name.File ?? "", name.Line, [.. row.Values]);
    }

    private static List<NamedRow> Merge(IEnumerable<NamedRow> rows)
    {
        Dictionary<(string, string, string, int), NamedRow> merged = [];
        List<NamedRow> order = [];
        foreach (NamedRow row in rows)
        {
            if (!merged.TryGetValue((row.Module, row.Function, row.File, row.Line), out NamedRow? known))
            {
                known = row with { Values = new ulong[row.Values.Length] };
                merged.Add((row.Module, row.Function, row.File, row.Line), known);
                order.Add(known);
            }

            for (int i = 0; i < row.Values.Length; i++)
            {
                known.Values[i] = checked(known.Values[i] + row.Values[i]);
            }
        }

        return order;
    }

    private List<NamedRow> Sort(IEnumerable<NamedRow> rows) =>
    [
        .. rows.OrderByDescending(row => row.Values[Cycles])
            .ThenBy(row => row.Module, StringComparer.Ordinal)
            .ThenBy(row => row.Function, StringComparer.Ordinal)
            .ThenBy(row => row.File, StringComparer.Ordinal)
            .ThenBy(row => row.Line),
    ];
}

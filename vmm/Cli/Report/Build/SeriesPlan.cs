namespace Dilaton.Cli;

/// <summary>Which swept path is the axis, which tell lines apart, and which are folded into a
/// line's band. page.js has the same rule for another axis.</summary>
internal sealed class SeriesPlan
{
    public const int LinesMax = 8;

    private readonly ReportData _data;

    private SeriesPlan(ReportData data)
    {
        _data = data;
        Varying = [.. Enumerable.Range(0, data.Paths.Count).Where(p => Distinct(p).Length > 1)];
        Scales =
        [
            .. Enumerable.Range(0, data.Paths.Count).Select(p => AxisScale.Of(data.Points.Select(q => q.Values[p]))),
        ];
        X = Varying.Count == 0 ? -1 : Varying.OrderBy(Rank).First();
        int lines = 1;
        List<int> series = [];
        List<int> folded = [];
        foreach (int path in Varying.Where(p => p != X))
        {
            int more = Distinct(path).Length;
            bool fits = lines * more <= LinesMax;
            (fits ? series : folded).Add(path);
            lines *= fits ? more : 1;
        }

        (Series, Folded) = (series, folded);
    }

    /// <summary>Index of the path on the x axis; -1 if nothing varies.</summary>
    public int X { get; }

    /// <summary>Paths with more than one value.</summary>
    public IReadOnlyList<int> Varying { get; }

    public IReadOnlyList<int> Series { get; }

    public IReadOnlyList<int> Folded { get; }

    /// <summary>By path.</summary>
    public IReadOnlyList<AxisScale> Scales { get; }

    public bool IsOverTdf => X >= 0 && IsTdf(_data.Paths[X]) && Scales[X].Numbers is not null;

    public static SeriesPlan Of(ReportData data) => new(data);

    public static bool IsTdf(string path) =>
        path == "tdf" || path.EndsWith(".tdf", StringComparison.Ordinal);

    /// <summary>Of the point's line, such as "bandwidth=10Gbps"; empty if there is one line.</summary>
    public string Label(ReportPoint point) => string.Join(
        ", ", Series.Select(p => $"{Short(_data.Paths[p])}={point.Values[p]}"));

    /// <summary>The last part of a path.</summary>
    public static string Short(string path) => path[(path.LastIndexOf('.') + 1)..];

    private string[] Distinct(int path) => [.. _data.Points.Select(q => q.Values[path]).Distinct()];

    private int Rank(int path)
    {
        int kind = IsTdf(_data.Paths[path]) ? 0 : Scales[path].Numbers is not null ? 1 : 2;
        return (kind * _data.Paths.Count) + path;
    }
}

namespace Dilaton.Cli;

/// <summary>The path=value arguments of `dilaton sweep`: several values or a range sweep a path, one
/// value is a change to the job.</summary>
internal sealed class SweepArguments
{
    private readonly List<SweepAxis> _axes = [];

    /// <summary>Changes to the job.</summary>
    public CommandLineText Changes { get; } = new();

    public static SweepArguments Read(IEnumerable<string> arguments, DiagnosticBag bag)
    {
        SweepArguments read = new();
        foreach (string argument in arguments)
        {
            int equals = argument.IndexOf('=', StringComparison.Ordinal);
            string path = SweepPath.Full(argument[..equals]);
            List<(string Text, int Offset)> parts = Split(argument[(equals + 1)..]);
            if (parts.Count == 1 && !RangeText.IsRange(parts[0].Text))
            {
                read.Changes.AddOverride($"{path}{argument[equals..]}");
                continue;
            }

            read.AddAxis(argument, path, equals, parts, bag);
        }

        return read;
    }

    /// <summary>The sweep of the job with those of the command line, which come last if the job does
    /// not sweep the same path.</summary>
    public SweepSpec Merge(SweepSpec? job, int? repeat, DiagnosticBag bag)
    {
        List<SweepAxis> axes = [.. job?.Axes ?? []];
        foreach (SweepAxis own in _axes)
        {
            int same = axes.FindIndex(axis => axis.Paths.Contains(own.Paths[0]));
            if (same < 0)
            {
                axes.Add(own);
            }
            else if (axes[same].Paths.Count == 1)
            {
                axes[same] = own;
            }
            else
            {
                bag.Error(
                    DiagnosticCode.BadOverride,
                    own.Names[0],
                    $"{own.Paths[0]} goes together with other paths in sweep.zip",
                    "give it one value, or change the job");
            }
        }

        SweepStopJob? stop = job?.Stop;
        if (stop is not null && repeat is { } most)
        {
            stop = stop with { Most = most, Least = Math.Min(stop.Least, most) };
        }

        return new SweepSpec
        {
            Axes = axes,
            Where = job?.Where ?? [],
            Repeat = repeat ?? job?.Repeat,
            Stop = stop,
            Metrics = job?.Metrics ?? [],
        };
    }

    private void AddAxis(
        string argument, string path, int equals, List<(string Text, int Offset)> parts,
        DiagnosticBag bag)
    {
        SourceText source = new("command line", argument);
        JobScalar name = new(source, SourceMark.Start, Math.Max(1, equals), path, false);
        if (SweepPath.Refusal(path) is not null || _axes.Exists(axis => axis.Paths[0] == path))
        {
            bag.Error(
                DiagnosticCode.BadOverride,
                name,
                SweepPath.Refusal(path) ?? $"{path} is swept twice");
            return;
        }

        List<JobNode> items = [];
        foreach ((string text, int offset) in parts)
        {
            SourceMark mark = new(1, equals + 2 + offset);
            if (text.Trim().Length == 0)
            {
                bag.Error(
                    DiagnosticCode.BadOverride,
                    new JobScalar(source, mark, 1, text, false),
                    $"{path}: a value is empty",
                    "write '' for an empty text");
                return;
            }

            if (JobOverride.ReadValue(source, mark, text, bag) is { } node)
            {
                items.Add(node);
            }
        }

        SweepCell[] cells = [.. SweepReader.Cells(items, path, bag)];
        if (cells.Length > 0)
        {
            _axes.Add(new SweepAxis([path], [name], [.. cells.Select(cell => new[] { cell })]));
        }
    }

    /// <summary>Cuts at commas outside brackets and quotes.</summary>
    private static List<(string Text, int Offset)> Split(string value)
    {
        List<(string, int)> parts = [];
        int depth = 0, from = 0;
        char quote = '\0';
        for (int i = 0; i < value.Length; i++)
        {
            char c = value[i];
            if (quote != '\0')
            {
                i += c == '\\' && quote == '"' ? 1 : 0;
                quote = c == quote ? '\0' : quote;
            }
            else if (c is '"' or '\'' && (i == from || value[i - 1] is '[' or '{' or ',' or ':' or ' '))
            {
                quote = c;
            }
            else if (c == ',' && depth == 0)
            {
                parts.Add((value[from..i], from));
                from = i + 1;
            }
            else
            {
                depth += c is '[' or '{' ? 1 : c is ']' or '}' ? -1 : 0;
            }
        }

        parts.Add((value[from..], from));
        return parts;
    }
}

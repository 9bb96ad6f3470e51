using System.Globalization;

namespace Dilaton.Cli;

/// <summary>One `path=value`: keys joined by dots, items of lists as [n].</summary>
/// <param name="at">Of the path in the source.</param>
/// <param name="value">What the path gets; it may be changed by others after it.</param>
internal sealed class JobOverride(SourceText source, SourceMark at, string path, JobNode value)
{
    /// <summary>A value as YAML of one line.</summary>
    /// <returns>Null if it is none, which was reported.</returns>
    public static JobNode? ReadValue(
        SourceText source, SourceMark mark, string value, DiagnosticBag bag)
    {
        bool structured = value.Length > 0 && (value[0] is '[' or '{' or '"' or '\'');
        return structured
            ? YamlReader.ReadValue(value, source, mark, bag)
            : new JobScalar(source, mark, Math.Max(1, value.Length), value.Trim(), false);
    }

    public void Apply(JobMap root, DiagnosticBag bag)
    {
        if (!TrySplit(out List<(string Key, int Index, int Column)> steps))
        {
            bag.Error(
                DiagnosticCode.BadOverride,
                Scalar(path, 1),
                $"'{path}' is not a path of the job",
                "write keys joined by dots, such as nodes[0].cores.count=4");
            return;
        }

        if (JobKeys.NodeShorthands.Contains(steps[0].Key)
            && root.Find("nodes")?.Value is JobList { Items: { Count: > 0 } nodes })
        {
            for (int i = 0; i < nodes.Count; i++)
            {
                if (!Set(root, [("nodes", -1, 1), ("", i, 1), .. steps], value.Clone(), bag))
                {
                    return;
                }
            }

            return;
        }

        Set(root, steps, value, bag);
    }

    /// <returns>False: it can't be, and it was said why.</returns>
    private bool Set(
        JobNode root,
        List<(string Key, int Index, int Column)> steps,
        JobNode parsed,
        DiagnosticBag bag)
    {
        JobNode here = root;
        for (int i = 0; i < steps.Count; i++)
        {
            bool last = i == steps.Count - 1;
            bool nextIsItem = !last && steps[i + 1].Key.Length == 0;
            (string key, int index, int column) = steps[i];
            JobScalar name = Scalar(key, column);
            JobNode? next = (here, key.Length) switch
            {
                (JobMap map, > 0) => Enter(map, name, last, nextIsItem, parsed),
                (JobList list, 0) => Enter(list, index, last, nextIsItem, parsed),
                _ => null,
            };
            if (next is null)
            {
                string what = key.Length == 0
                    ? here is JobList found
                        ? $"there is no item [{index}]: the list has {found.Items.Count}"
                        : $"[{index}] needs a list, and there is {here.Kind}"
                    : $"'{key}' can't be set: there is {here.Kind} above it";
                bag.Error(DiagnosticCode.BadOverride, name, $"{path}: {what}");
                return false;
            }

            here = next;
        }

        return true;
    }

    private JobNode Enter(JobMap map, JobScalar name, bool last, bool nextIsItem, JobNode parsed)
    {
        if (last)
        {
            map.Set(name, parsed);
            return parsed;
        }

        JobNode? child = map.Find(name.Text)?.Value;
        if (child is JobScalar { IsNull: false } word && name.Text == "kernel")
        {
            JobMap section = new(word.Source, word.Mark, word.Length);
            section.Set(
                new JobScalar(word.Source, word.Mark, word.Length, "mode", false), word);
            map.Set(name, section);
            return section;
        }

        if (child is null or JobScalar { IsNull: true } or JobScalar { Text: "none" })
        {
            child = nextIsItem
                ? new JobList(source, name.Mark, name.Length)
                : new JobMap(source, name.Mark, name.Length);
            map.Set(name, child);
        }

        return child;
    }

    private JobNode? Enter(JobList list, int index, bool last, bool nextIsItem, JobNode parsed)
    {
        if (index > list.Items.Count)
        {
            return null;
        }

        if (index == list.Items.Count)
        {
            SourceMark mark = at;
            list.Items.Add(last ? parsed : nextIsItem
                ? new JobList(source, mark, 1)
                : new JobMap(source, mark, 1));
        }
        else if (last)
        {
            list.Items[index] = parsed;
        }

        return list.Items[index];
    }

    private bool TrySplit(out List<(string Key, int Index, int Column)> steps)
    {
        steps = [];
        int column = 1;
        foreach (string part in path.Split('.'))
        {
            int bracket = part.IndexOf('[', StringComparison.Ordinal);
            string key = bracket < 0 ? part : part[..bracket];
            if (key.Length == 0)
            {
                return false;
            }

            steps.Add((key, -1, column));
            string rest = bracket < 0 ? "" : part[bracket..];
            while (rest.Length > 0)
            {
                int close = rest.IndexOf(']', StringComparison.Ordinal);
                if (rest[0] != '[' || close < 2
                    || !int.TryParse(
                        rest.AsSpan(1, close - 1),
                        NumberStyles.None,
                        CultureInfo.InvariantCulture,
                        out int index))
                {
                    return false;
                }

                steps.Add(("", index, column + part.Length - rest.Length));
                rest = rest[(close + 1)..];
            }

            column += part.Length + 1;
        }

        return steps.Count is > 0 and <= 32;
    }

    private JobScalar Scalar(string text, int column) => new(
        source, at with { Column = at.Column + column - 1 }, Math.Max(1, text.Length), text, false);
}

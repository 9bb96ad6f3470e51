namespace Dilaton.Cli;

/// <summary>Says why points of a resumed sweep run although the sweep did: a file that their job names
/// has other contents now, or this is another Dilaton.</summary>
internal static class SweepChanges
{
    public static void Report(SweepRecord before, SweepPlan plan, SweepState state, DiagnosticBag bag)
    {
        IReadOnlyList<SweepPoint> missing = state.Missing;
        if (before.Version.Length > 0 && before.Version != SweepRecord.VersionNow && missing.Count > 0)
        {
            bag.Warning(
                DiagnosticCode.SweepChanged,
                $"the sweep was planned by Dilaton {before.Version}, and this is {SweepRecord.VersionNow}: "
                    + $"{missing.Count} points have no result of this one",
                "earlier results stay in runs/");
        }

        Dictionary<string, InputFile> old = before.Files.ToDictionary(file => file.Path, StringComparer.Ordinal);
        foreach (SweptFile file in plan.Files)
        {
            HashSet<int> series = [.. file.Series];
            int count = missing.Count(point => series.Contains(point.Series));
            if (count > 0 && old.TryGetValue(file.File.Path, out InputFile? then)
                && then.Hash != file.File.Hash)
            {
                bag.Warning(
                    DiagnosticCode.SweepChanged,
                    $"'{file.File.Path}' has changed since the sweep was planned: {count} points that name "
                        + "it have no result with what is in it now",
                    "earlier results stay in runs/");
            }
        }
    }
}

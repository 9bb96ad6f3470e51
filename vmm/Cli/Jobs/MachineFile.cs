namespace Dilaton.Cli;

/// <summary>A file with the machine part of a job only: cores, memory, kernel, time.</summary>
internal static class MachineFile
{
    public static void Merge(JobNode machine, JobMap job, DiagnosticBag bag)
    {
        if (machine is not JobMap map)
        {
            bag.Error(
                DiagnosticCode.WrongKind,
                machine,
                $"a machine file holds a map of keys, found {machine.Kind}");
            return;
        }

        foreach (JobEntry entry in map.Entries)
        {
            string key = entry.Key.Text;
            if (key is "cores" or "memory")
            {
                JobList nodes = (JobList)job.Find("nodes")!.Value;
                Put((JobMap)nodes.Items[0], entry);
            }
            else if (key is "kernel" or "time" or "apiVersion")
            {
                Put(job, entry);
            }
            else if (JobKeys.JobSections.Contains(key) || JobKeys.NodeShorthands.Contains(key))
            {
                bag.Error(
                    DiagnosticCode.UnknownKey,
                    entry.Key,
                    $"{key}: not part of a machine",
                    "a machine file holds cores, memory, kernel and time; a whole job goes to "
                        + "`dilaton launch`");
            }
            else
            {
                bag.Error(
                    DiagnosticCode.UnknownKey,
                    entry.Key,
                    $"{key}: no such key",
                    Spelling.Help(key, JobKeys.MachineSections.ToList()));
            }
        }
    }

    private static void Put(JobMap target, JobEntry entry)
    {
        if (target.Find(entry.Key.Text)?.Value is JobMap below && entry.Value is JobMap above)
        {
            foreach (JobEntry child in above.Entries)
            {
                Put(below, child);
            }

            return;
        }

        target.Set(entry.Key, entry.Value);
    }
}

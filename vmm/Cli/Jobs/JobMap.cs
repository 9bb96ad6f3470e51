namespace Dilaton.Cli;

/// <summary>Keys and values in the order they were written.</summary>
internal sealed class JobMap(SourceText source, SourceMark mark, int length)
    : JobNode(source, mark, length)
{
    public List<JobEntry> Entries { get; } = [];

    public override string Kind => "a map of keys";

    public JobEntry? Find(string key)
    {
        foreach (JobEntry entry in Entries)
        {
            if (entry.Key.Text == key)
            {
                return entry;
            }
        }

        return null;
    }

    /// <summary>Replaces the key's value, or adds it.</summary>
    public void Set(JobScalar key, JobNode value)
    {
        for (int i = 0; i < Entries.Count; i++)
        {
            if (Entries[i].Key.Text == key.Text)
            {
                Entries[i] = new JobEntry(key, value);
                return;
            }
        }

        Entries.Add(new JobEntry(key, value));
    }

    public override JobNode Clone()
    {
        JobMap copy = new(Source, Mark, Length);
        copy.Entries.AddRange(Entries.Select(e => new JobEntry(e.Key, e.Value.Clone())));
        return copy;
    }
}

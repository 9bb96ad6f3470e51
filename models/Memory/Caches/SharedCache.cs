namespace Dilaton.Models.Memory;

/// <summary>A level that all vCPUs of the node use, with counters for each of them.</summary>
internal sealed class SharedCache
{
    public SharedCache(string name, CacheOptions options, int vcpuCount)
    {
        Name = name;
        Tags = new TagArray(options);
        Counters = new CacheCounters[vcpuCount];
        for (int i = 0; i < vcpuCount; i++)
        {
            Counters[i] = new CacheCounters();
        }
    }

    public string Name { get; }

    public TagArray Tags { get; }

    public CacheCounters[] Counters { get; }
}

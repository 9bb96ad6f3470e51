namespace Dilaton.Models.Memory;

/// <summary>A level that all vCPUs of the node use, with counters for each of them.</summary>
internal sealed class SharedCache
{
    /// <param name="seed">See <see cref="WayPolicy.Create"/>.</param>
    public SharedCache(string name, CacheOptions options, ulong seed, int vcpuCount)
    {
        Name = name;
        Tags = new TagArray(options, seed);
        Options = options;
        Counters = new CacheCounters[vcpuCount];
        for (int i = 0; i < vcpuCount; i++)
        {
            Counters[i] = new CacheCounters();
        }
    }

    public string Name { get; }

    public TagArray Tags { get; }

    public CacheOptions Options { get; }

    public CacheCounters[] Counters { get; }
}

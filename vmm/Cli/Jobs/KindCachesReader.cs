namespace Dilaton.Cli;

/// <summary>Reads `cores.kinds[].caches`, and checks them against `memory.caches`.</summary>
internal static class KindCachesReader
{
    public static KindCachesJob? Read(MapReader kind)
    {
        if (!kind.Has("caches") || kind.IsNull("caches"))
        {
            kind.Take("caches");
            return null;
        }

        MapReader map = kind.Section("caches");
        KindCachesJob caches = new()
        {
            L1i = Shape(map, "l1i"),
            L1d = Shape(map, "l1d"),
            L2 = Shape(map, "l2"),
        };
        map.Done();
        return caches;
    }

    /// <summary>What is wrong with a kind's caches, by level; the first of each.</summary>
    public static IEnumerable<(string Key, string What, string Help)> Problems(MemoryJob memory, KindCachesJob own)
    {
        CachesJob all = memory.Caches;
        CachesJob whole = own.Of(all);
        foreach ((string key, CacheShapeJob _) in own.Levels())
        {
            CacheJob? cache = key switch
            {
                "l1i" => whole.L1i,
                "l1d" => whole.L1d,
                _ => whole.L2,
            };
            if (cache is null)
            {
                yield return (key, $"memory.caches has no {key}", "leave it out, or describe it there");
            }
            else if (key == "l2" && all.L2Sharing == SharingChoice.Shared)
            {
                yield return (
                    key, "all cores share the L2 (memory.caches.l2Sharing)", "leave it out, or l2Sharing: private");
            }
            else if (CachesReader.ShapeProblem(cache, all.LineSize) is { } shape)
            {
                yield return (key, shape.What, shape.Help);
            }
            else if ((CachePolicies.WaysProblem(cache) ?? CachePolicies.PrefetchProblem(cache)) is { } ways)
            {
                yield return (key, ways.What, ways.Help);
            }
        }

        foreach ((string key, string what, string help) in CachePolicies.InclusionProblems(whole))
        {
            yield return (key, what, help);
        }
    }

    private static CacheShapeJob? Shape(MapReader caches, string key)
    {
        if (!caches.Has(key) || caches.IsNull(key))
        {
            caches.Take(key);
            return null;
        }

        MapReader map = caches.Section(key);
        CacheShapeJob shape = new()
        {
            Size = map.Optional<ByteSize>("size", null, ByteSize.TryParse),
            Ways = map.Has("ways") && !map.IsNull("ways") ? (int)map.Integer("ways", 1, 1, 64) : null,
        };
        map.Take("ways");
        map.Done();
        return shape;
    }
}

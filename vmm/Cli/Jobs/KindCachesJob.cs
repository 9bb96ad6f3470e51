using System.ComponentModel;

namespace Dilaton.Cli;

[Description("The caches that each core of a kind has for itself, if not as large as memory.caches says.")]
internal sealed record KindCachesJob
{
    [Description("First-level instruction cache.")]
    public CacheShapeJob? L1i { get; init; }

    [Description("First-level data cache.")]
    public CacheShapeJob? L1d { get; init; }

    [Description("Second-level cache, if l2Sharing is private.")]
    public CacheShapeJob? L2 { get; init; }

    /// <summary>The levels given.</summary>
    public IEnumerable<(string Key, CacheShapeJob Shape)> Levels()
    {
        (string Key, CacheShapeJob? Shape)[] all = [("l1i", L1i), ("l1d", L1d), ("l2", L2)];
        foreach ((string key, CacheShapeJob? shape) in all)
        {
            if (shape is not null)
            {
                yield return (key, shape);
            }
        }
    }

    /// <param name="all">Of the node.</param>
    public CachesJob Of(CachesJob all) => all with
    {
        L1i = Of(all.L1i, L1i),
        L1d = Of(all.L1d, L1d),
        L2 = Of(all.L2, L2),
    };

    private static CacheJob? Of(CacheJob? all, CacheShapeJob? own) => all is null || own is null
        ? all
        : all with { Size = own.Size ?? all.Size, Ways = own.Ways ?? all.Ways };
}

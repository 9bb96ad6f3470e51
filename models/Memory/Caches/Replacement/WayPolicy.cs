namespace Dilaton.Models.Memory;

/// <summary>What a policy other than LRU remembers of its sets. Ways keep their places; an empty
/// way is filled before a victim is asked for.</summary>
internal abstract class WayPolicy
{
    /// <summary>No way is to be spared.</summary>
    public const int None = -1;

    /// <param name="seed">Of the random policy: another one for each cache of a machine.</param>
    /// <returns>Null for <see cref="ReplacementPolicy.Lru"/>, which is the order of the entries
    /// itself.</returns>
    public static WayPolicy? Create(ReplacementPolicy policy, int sets, int ways, ulong seed) =>
        policy switch
        {
            ReplacementPolicy.TreePlru => new TreePlruPolicy(sets, ways),
            ReplacementPolicy.Srrip => new RripPolicy(sets, ways, isBimodal: false),
            ReplacementPolicy.Brrip => new RripPolicy(sets, ways, isBimodal: true),
            ReplacementPolicy.Random => new RandomPolicy(ways, seed),
            _ => null,
        };

    /// <summary>A hit. HOT: per access.</summary>
    public abstract void Use(int set, int way);

    /// <summary>A new line has come. HOT: per miss.</summary>
    public abstract void Fill(int set, int way);

    /// <summary>A line has come that is not the most recently used one.</summary>
    /// <param name="recent">Way of the one that is and stays it, or <see cref="None"/>.</param>
    public virtual void FillSecond(int set, int way, int recent) => Fill(set, way);

    /// <summary>The way that makes room in a full set. HOT: per miss.</summary>
    /// <param name="spared">Way of the set's most recently used line, which must stay, or
    /// <see cref="None"/>.</param>
    public abstract int Victim(int set, int spared);

    /// <summary>All that the policy remembers, as text, so that states can be compared.</summary>
    internal abstract string Describe();
}

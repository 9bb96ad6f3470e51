using Dilaton.Core;

namespace Dilaton.Models.Network;

/// <summary>Which frames a link loses, by their number on that link, from 0.</summary>
public sealed record LossPattern
{
    /// <summary>In ascending order.</summary>
    public required IReadOnlyList<ulong> Frames { get; init; }

    /// <summary>Loses the last of so many frames, again and again; 0 for none.</summary>
    public required ulong Every { get; init; }

    /// <summary>Adds every mistake in these options.</summary>
    public void Check(string key, List<ConfigException> problems)
    {
        for (int i = 1; i < Frames.Count; i++)
        {
            if (Frames[i] <= Frames[i - 1])
            {
                problems.Add(new ConfigException(
                    $"{key}.frames[{i}]", $"{Frames[i]} does not follow {Frames[i - 1]}"));
            }
        }
    }
}

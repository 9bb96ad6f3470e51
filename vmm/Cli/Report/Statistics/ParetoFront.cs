namespace Dilaton.Cli;

/// <summary>What no other entry beats in both cost and error.</summary>
internal static class ParetoFront
{
    /// <returns>True at each entry that is on the front.</returns>
    public static bool[] Of(IReadOnlyList<(double Cost, double Error)> entries)
    {
        bool[] front = new bool[entries.Count];
        for (int i = 0; i < entries.Count; i++)
        {
            (double cost, double error) = entries[i];
            front[i] = !entries.Any(o => o.Cost <= cost && o.Error <= error
                && (o.Cost < cost || o.Error < error));
        }

        return front;
    }
}

namespace Dilaton.Core;

/// <summary>A part that has numbers to show.</summary>
public interface IStatisticsSource
{
    /// <summary>Adds the part's statistics in a fixed order.</summary>
    void Collect(StatisticsList list);

    /// <summary>Starts counting anew, at a region mark; state such as cache contents stays.
    /// </summary>
    void ResetStatistics();
}

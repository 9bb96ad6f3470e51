using Dilaton.Core;
using Dilaton.Kvm;

namespace Dilaton.Cli;

/// <summary>All that a KVM engine counts.</summary>
internal sealed class KvmStatistics(KvmProgramEngine engine) : IStatisticsSource
{
    public void Collect(StatisticsList list)
    {
        engine.Exits.Collect(list);
        if (engine.Written is { } written)
        {
            list.Add("written", written);
        }
    }

    public void ResetStatistics()
    {
        engine.Exits.ResetStatistics();
        engine.Written?.ResetStatistics();
    }
}

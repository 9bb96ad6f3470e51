using System.Globalization;
using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>What the guest's marks do to statistics and events.</summary>
public sealed partial class NodeSession
{
    private int _regionDepth;
    private int _dumpCount;
    private ulong _workId;

    private void MarkWork(VcpuSlot slot, bool isBegin, ulong workId, ulong threadId)
    {
        _options.Observer?.RegionMarked(_now, slot.Id, isBegin, workId, threadId);
        int before = _regionDepth;
        _regionDepth = Math.Max(0, _regionDepth + (isBegin ? 1 : -1));
        if (before == 0 && isBegin)
        {
            _workId = workId;
        }

        if ((before == 0) == (_regionDepth == 0))
        {
            return;
        }

        if (_options.RegionStatistics)
        {
            // A region's figures begin and end with it.
            string label = string.Create(CultureInfo.InvariantCulture, $"work {_workId}");
            new StatisticsEvent(this, dump: !isBegin, reset: isBegin, label).Fire();
        }

        if (_options.RegionEvents is not { } level)
        {
            return;
        }

        if (_schedule is not null)
        {
            SwitchSampling(isOn: _regionDepth > 0);
        }
        else
        {
            SwitchEvents(_regionDepth == 0 ? _options.Events : level);
        }
    }

    /// <summary>How the peer names what it writes.</summary>
    private string DumpLabel()
    {
        _dumpCount++;
        string region = _regionDepth > 0
            ? string.Create(CultureInfo.InvariantCulture, $", in work {_workId}")
            : "";
        return string.Create(CultureInfo.InvariantCulture, $"dump {_dumpCount}{region}");
    }

    private sealed class StatisticsEvent(
        NodeSession session, bool dump, bool reset, string? label) : INodeEvent
    {
        public static StatisticsEvent Of(NodeSession session, int code) => new(
            session,
            code is M5Op.DumpStatistics or M5Op.DumpResetStatistics,
            code is M5Op.ResetStatistics or M5Op.DumpResetStatistics,
            null);

        public void Fire()
        {
            string name = label ?? (dump ? session.DumpLabel() : "");
            session.DrainPipeline();
            foreach (IIntervalPeer peer in session._peers)
            {
                peer.Statistics(dump, reset, session._now, name);
            }

            if (dump)
            {
                session.DumpStatistics();
            }

            if (reset)
            {
                session.ResetAllStatistics();
            }
        }
    }
}

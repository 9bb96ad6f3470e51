using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>Statistics at a moment of the run.</summary>
internal sealed record StatisticsDump(ulong TimePs, IReadOnlyList<Statistic> Statistics);

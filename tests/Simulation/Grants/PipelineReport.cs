using Dilaton.Time;

namespace Dilaton.Tests.Simulation;

/// <summary>What became of a vCPU's part of an interval.</summary>
internal sealed record PipelineReport(
    int Issued, IssueEngine State, (IssueTicket Ticket, ulong At)[] Open);

namespace Dilaton.Tests.Bench;

internal sealed record BenchResult(
    IReadOnlyList<Mode> Modes, IReadOnlyList<Workload> Workloads,
    IReadOnlyList<StartUp> StartUps, IReadOnlyList<Measurement> Measurements,
    IReadOnlyList<string> Machine);

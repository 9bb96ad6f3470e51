using System.Runtime.CompilerServices;

namespace Dilaton.Cli;

/// <summary>What everything else rests on.</summary>
internal static class HostCases
{
    public static IReadOnlyList<SelfTestCase> All { get; } =
    [
        new("host.requirements", "the host has all that a run needs (see doctor)", _ => Requirements()),
        new("host.native-code", "dilaton itself is compiled ahead of time", _ => NativeCode()),
    ];

    private static SelfTestOutcome Requirements()
    {
        IReadOnlyList<Finding> findings = HostChecks.All();
        Finding[] bad = [.. findings.Where(finding => finding.Level == FindingLevel.Fail)];
        string what = string.Join("; ", bad.Select(b => $"{b.Name}: {b.Detail}: {b.Remedy}"));
        return bad.Length == 0
            ? SelfTestOutcome.Ok($"{findings.Count} things looked at")
            : SelfTestOutcome.NotOk($"{what}");
    }

    private static SelfTestOutcome NativeCode() => RuntimeFeature.IsDynamicCodeSupported
        ? SelfTestOutcome.Skip($"built for the installed runtime: a start costs 0.3 s more")
        : SelfTestOutcome.Ok($"no code is made at run time but the guest's");
}

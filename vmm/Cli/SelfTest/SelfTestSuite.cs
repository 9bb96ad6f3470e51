namespace Dilaton.Cli;

/// <summary>The cases of `selftest`, in the order in which they are tried: what others rest on comes
/// first.</summary>
internal static class SelfTestSuite
{
    public static IReadOnlyList<SelfTestCase> All { get; } =
    [
        .. HostCases.All,
        .. TranslatorCases.All,
        .. KvmCases.All,
        .. KvmTimingCases.All,
        .. KvmEngineCases.All,
    ];

    /// <summary>Areas, and names: what --filter is most likely given.</summary>
    public static IReadOnlyList<string> Words { get; } =
    [
        .. All.Select(test => test.Name.Split('.')[0]).Distinct(),
        .. All.Select(test => test.Name),
    ];

    /// <param name="words">Parts of names; none means all.</param>
    /// <returns>Every case whose name holds one of the words.</returns>
    public static IReadOnlyList<SelfTestCase> Select(IReadOnlyList<string> words) =>
    [
        .. All.Where(test => words.Count == 0
            || words.Any(word => test.Name.Contains(word, StringComparison.Ordinal))),
    ];
}

namespace Dilaton.Cli;

/// <summary>Tries cases one after the other, and tells of each as soon as it is known: what is seen
/// last before a host dies is what was tried last.</summary>
internal static class SelfTestRunner
{
    /// <param name="withTiming">Also the cases that need a quiet host.</param>
    /// <exception cref="LawRunException">Ctrl-C or SIGTERM has come.</exception>
    public static IReadOnlyList<SelfTestResult> Run(
        IReadOnlyList<SelfTestCase> cases, bool withTiming, LawBench bench, Action<SelfTestResult> tell)
    {
        List<SelfTestResult> results = [];
        foreach (SelfTestCase test in cases)
        {
            bench.ThrowIfStopped();
            SelfTestResult result = new(
                test,
                test.NeedsQuietHost && !withTiming
                    ? SelfTestOutcome.Skip($"bounds on host time: --timing on a quiet host")
                    : Try(test, bench));
            results.Add(result);
            tell(result);
        }

        return results;
    }

    private static SelfTestOutcome Try(SelfTestCase test, LawBench bench)
    {
        try
        {
            return test.Try(bench);
        }
        catch (LawRunException e) when (e.IsStopped)
        {
            throw;
        }
        catch (Exception e)
        {
            // A broken belief in one case must not hide what the others find.
            return SelfTestOutcome.NotOk($"{e.GetType().Name}: {e.Message}");
        }
    }
}

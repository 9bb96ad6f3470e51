using Shouldly;

namespace Dilaton.Tests.Architecture;

internal static class Found
{
    /// <summary>Fails with all violations, one a line.</summary>
    public static void ShouldBeNone(this IEnumerable<string> violations, string rule)
    {
        var all = violations.ToList();
        all.ShouldBeEmpty($"{rule}\n{string.Join('\n', all.Take(50))}");
    }
}

using Xunit;

namespace Dilaton.Tests.Integration.Packages;

/// <summary>A test that installs a Debian package; skipped with the reason where that can't be done without
/// touching the host.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DebianFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> s_lack = new(DebianRoot.Lack);

    public DebianFactAttribute() => Skip = s_lack.Value;
}

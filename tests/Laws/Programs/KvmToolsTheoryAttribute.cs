using Dilaton.Kvm;
using Dilaton.Tests.Laws.Memory;
using Xunit;

namespace Dilaton.Tests.Laws.Programs;

/// <summary>A test that needs KVM and what builds test programs, skipped with the reason where
/// there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class KvmToolsTheoryAttribute : TheoryAttribute
{
    private static readonly Lazy<KvmReport> s_report = new(KvmProbe.RunForPrograms);

    public KvmToolsTheoryAttribute() => Skip = NeedsToolsFactAttribute.Missing(["make", "gcc"])
        ?? (s_report.Value.CanRunPrograms
            ? null
            : $"KVM can't run programs here: {s_report.Value.Reason}");
}

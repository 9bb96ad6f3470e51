using Dilaton.Kvm;
using Xunit;

namespace Dilaton.Tests.Kvm;

/// <summary>A test that runs a guest under this host's KVM, skipped with the reason where there is
/// none that can.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NeedsKvmFactAttribute : FactAttribute
{
    private static readonly Lazy<KvmReport> s_report = new(KvmProbe.Run);

    public NeedsKvmFactAttribute() => Skip = Missing;

    public static KvmReport Report => s_report.Value;

    public static string? Missing => Report.CanRunPrograms
        ? null
        : $"KVM can't run programs here: {Report.Availability} {Report.Reason}";
}

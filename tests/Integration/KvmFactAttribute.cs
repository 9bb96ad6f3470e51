using Dilaton.Kvm;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>A test of engine: kvm, skipped with the reason where the host can't run it.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class KvmFactAttribute : FactAttribute
{
    private static readonly Lazy<KvmReport> s_report = new(KvmProbe.RunForPrograms);

    public KvmFactAttribute() => Skip = Missing;

    public static KvmReport Report => s_report.Value;

    public static string? Missing => Report.CanRunPrograms
        ? null
        : $"KVM can't run programs here: {Report.Availability} {Report.Reason}";
}

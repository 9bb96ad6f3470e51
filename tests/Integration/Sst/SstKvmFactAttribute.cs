using Xunit;

namespace Dilaton.Tests.Integration.Sst;

/// <summary>A test of engine: kvm with SST, skipped with the reason where either is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SstKvmFactAttribute : FactAttribute
{
    public SstKvmFactAttribute() => Skip = KvmFactAttribute.Missing ?? SstHost.Missing([]);
}

using Xunit;

namespace Dilaton.Tests.Integration.Gem5;

/// <summary>A test of engine: kvm with gem5, skipped with the reason where either is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class Gem5KvmFactAttribute : FactAttribute
{
    public Gem5KvmFactAttribute() => Skip = KvmFactAttribute.Missing ?? Gem5Host.Missing();
}

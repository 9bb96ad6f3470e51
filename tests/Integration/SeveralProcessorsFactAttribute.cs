using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>A test of what goes where on a host of two processors or more.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SeveralProcessorsFactAttribute : FactAttribute
{
    public SeveralProcessorsFactAttribute() =>
        Skip = Environment.ProcessorCount < 2 ? "needs two processors" : null;
}

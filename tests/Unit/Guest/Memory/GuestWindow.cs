using Xunit;

namespace Dilaton.Tests.Unit.Guest;

/// <summary>Tests that map guest memory, of which a process has one window only.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class GuestWindow
{
    public const string Name = "guest window";
}

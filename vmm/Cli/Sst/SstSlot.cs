namespace Dilaton.Cli;

/// <param name="Interface">What a subcomponent in it must be.</param>
internal sealed record SstSlot(string Name, string Interface, string Description);

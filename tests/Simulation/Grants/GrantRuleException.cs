namespace Dilaton.Tests.Simulation;

/// <summary>What the grant rule promises does not hold.</summary>
internal sealed class GrantRuleException(string text) : Exception(text);

namespace Dilaton.Cli;

/// <param name="Name">May hold a number, such as port%(count)d.</param>
internal sealed record SstPort(string Name, string Description);

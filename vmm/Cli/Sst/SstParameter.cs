namespace Dilaton.Cli;

/// <param name="Default">Empty if it must be given, or if its library does not say.</param>
internal sealed record SstParameter(string Name, string Default, string Description);

namespace Dilaton.Cli;

/// <summary>A part of the host time of the slowest node.</summary>
/// <param name="Resource">What it went to, as a word.</param>
/// <param name="Part">Of 1.</param>
internal sealed record PlanShare(string Resource, double Part, string What);

namespace Dilaton.Cli;

/// <summary>A mistake of a job's overlay.</summary>
/// <param name="Key">The key it concerns.</param>
/// <param name="Word">In the text of `network.overlay.routes`, where; null if it is not there.
/// </param>
internal sealed record OverlayMistake(string Key, string Why, string Help, ScriptWord? Word);

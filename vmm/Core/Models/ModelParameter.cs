namespace Dilaton.Core;

/// <summary>A parameter of a model, as text for a reader.</summary>
/// <param name="Unit">What a value is written in, or "" for a word or a bare count.</param>
/// <param name="Default">A value as a job would write it.</param>
public sealed record ModelParameter(
    string Name, string Unit, string Default, string Range, string Description);

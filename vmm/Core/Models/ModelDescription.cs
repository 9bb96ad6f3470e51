namespace Dilaton.Core;

/// <summary>What <c>dilaton models</c> shows of a model.</summary>
/// <param name="Source">What the model follows.</param>
public sealed record ModelDescription(
    string Name,
    string Summary,
    string Source,
    IReadOnlyList<ModelParameter> Parameters,
    IReadOnlyList<string> Limits);

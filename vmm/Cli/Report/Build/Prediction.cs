namespace Dilaton.Cli;

/// <summary>What a fit says of an x beyond the points, with its 95 % interval.</summary>
internal sealed record Prediction(double X, double Y, double Low, double High);

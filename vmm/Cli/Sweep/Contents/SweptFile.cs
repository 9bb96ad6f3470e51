namespace Dilaton.Cli;

/// <summary>A file and whose jobs name it.</summary>
/// <param name="Series">Of the points, in order.</param>
internal sealed record SweptFile(InputFile File, IReadOnlyList<int> Series);

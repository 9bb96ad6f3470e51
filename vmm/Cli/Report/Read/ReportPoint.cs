namespace Dilaton.Cli;

/// <summary>One run of those that a report is about.</summary>
/// <param name="Values">Of the swept paths, in their order.</param>
/// <param name="Status">The word of result.json; missing if there is none, or unreadable.</param>
/// <param name="Folder">Its result folder; empty if there is none.</param>
internal sealed record ReportPoint(
    string Id,
    string Repeat,
    string Seed,
    IReadOnlyList<string> Values,
    string Status,
    string Reason,
    string Folder)
{
    public bool IsOk => Status == "ok";

    public bool IsMissing => Status == "missing";
}

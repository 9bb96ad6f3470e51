namespace Dilaton.Cli;

/// <summary>What an operator sees of a defect of Dilaton.</summary>
internal static class InternalErrorText
{
    public static string Of(Exception e)
    {
        DiagnosticBag bag = new();
        bag.Error(
            DiagnosticCode.InternalError,
            $"internal error: {e.GetType().Name}: {e.Message}",
            "this is a defect of Dilaton; please report it with the lines below");
        return $"{bag.Print()}{e.StackTrace}\n";
    }
}

using Dilaton.Cosim;

namespace Dilaton.Cli;

/// <summary>The words that result.json has for the end of a node.</summary>
internal static class NodeEndWords
{
    public const string GuestExited = "guest-exited";
    public const string ExitMark = "exit-mark";
    public const string FailMark = "fail-mark";
    public const string Until = "until";
    public const string Stopped = "stopped";
    public const string Deadlock = "deadlock";

    /// <summary>Nobody reads the guest's output any more.</summary>
    public const string OutputClosed = "output-closed";

    /// <summary>The guest was not started, or did what is not supported.</summary>
    public const string Refused = "refused";

    /// <summary>The worker died.</summary>
    public const string Lost = "lost";

    /// <summary>A worker may say so.</summary>
    public static bool IsKnown(string word) => Enum.GetValues<NodeEnd>().Any(end => Of(end) == word)
        || word == OutputClosed;

    public static string Of(NodeEnd end) => end switch
    {
        NodeEnd.GuestExited => GuestExited,
        NodeEnd.ExitMark => ExitMark,
        NodeEnd.FailMark => FailMark,
        NodeEnd.Until => Until,
        NodeEnd.Stopped => Stopped,
        NodeEnd.Deadlock => Deadlock,
        _ => throw new ArgumentOutOfRangeException(nameof(end)),
    };
}

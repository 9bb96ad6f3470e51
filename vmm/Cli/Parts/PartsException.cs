namespace Dilaton.Cli;

/// <summary>What comes with Dilaton can't be written to where it would be used.</summary>
internal sealed class PartsException(string message) : Exception(message)
{
    public const string Help =
        "XDG_CACHE_HOME names the folder to use, DILATON_HOME one that `dilaton unpack` filled";
}

namespace Dilaton.Guest;

/// <summary>A program in memory, ready for its stack.</summary>
internal sealed record LoadedProgram(LoadedImage Image, LoadedImage? Interpreter)
{
    /// <summary>Where its first thread starts.</summary>
    public ulong Start => (Interpreter ?? Image).Entry;
}

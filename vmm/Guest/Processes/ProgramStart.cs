using System.Text;

namespace Dilaton.Guest;

/// <summary>What a program is started with. Arguments and environment are bytes, as in the kernel.
/// </summary>
internal sealed record ProgramStart
{
    /// <summary>As it was asked for: AT_EXECFN, and in messages.</summary>
    public required string Path { get; init; }

    /// <summary>Guest path of the program itself: of a script its interpreter.</summary>
    public required string ExecutablePath { get; init; }

    public required IReadOnlyList<byte[]> Arguments { get; init; }

    public required IReadOnlyList<byte[]> Environment { get; init; }

    /// <summary>What Linux calls the command: at most 15 bytes of the last part of the path.
    /// </summary>
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    public static IReadOnlyList<byte[]> Bytes(IEnumerable<string> texts) =>
        [.. texts.Select(Encoding.UTF8.GetBytes)];
}

using System.Buffers.Binary;

namespace Dilaton.Guest;

/// <summary>What tells one build of a file from another: the note that linkers put in
/// <c>.note.gnu.build-id</c> (ld manual, "--build-id").</summary>
internal static class BuildId
{
    private const string Section = ".note.gnu.build-id";
    private const uint Type = 3;
    private const int HeaderBytes = 12;

    /// <returns>In hex; null if the file has none.</returns>
    /// <exception cref="ElfException">The file is damaged.</exception>
    public static string? Of(IMappableFile file)
    {
        byte[]? note = ElfSections.Read(file).Find(Section);
        if (note is null || note.Length < HeaderBytes)
        {
            return null;
        }

        uint nameBytes = BinaryPrimitives.ReadUInt32LittleEndian(note);
        uint idBytes = BinaryPrimitives.ReadUInt32LittleEndian(note.AsSpan(4));
        ulong at = HeaderBytes + ((nameBytes + 3UL) & ~3UL);
        return BinaryPrimitives.ReadUInt32LittleEndian(note.AsSpan(8)) == Type && at + idBytes <= (ulong)note.Length
            ? Convert.ToHexStringLower(note.AsSpan((int)at, (int)idBytes))
            : null;
    }
}

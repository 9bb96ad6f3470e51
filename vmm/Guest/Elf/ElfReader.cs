namespace Dilaton.Guest;

/// <summary>Reads what <see cref="ElfFile"/> parses from an open file, part by part, so that
/// neither a large nor a lying file costs memory.</summary>
internal static class ElfReader
{
    /// <exception cref="GuestLoadException">Not a program that could be loaded.</exception>
    public static ElfFile Read(IMappableFile file)
    {
        try
        {
            Span<byte> first = stackalloc byte[ElfHeader.SizeBytes];
            int length = ReadFully(file, 0, first);
            ElfHeader header = ElfHeader.Parse(first[..length]);
            (ulong offset, int size) = ElfFile.ProgramHeaderRange(
                header, (ulong)file.LengthBytes);
            return ElfFile.Parse(
                header, ReadExactly(file, offset, size), (ulong)file.LengthBytes);
        }
        catch (Exception e) when (e is ElfException or IOException)
        {
            throw new GuestLoadException(file.Name, e.Message);
        }
    }

    /// <returns>Null if the program has no interpreter.</returns>
    public static string? ReadInterpreter(IMappableFile file, ElfFile elf)
    {
        (ulong offset, int length) = elf.InterpreterRange;
        try
        {
            return length == 0
                ? null
                : ElfFile.ParseInterpreter(ReadExactly(file, offset, length));
        }
        catch (Exception e) when (e is ElfException or IOException)
        {
            throw new GuestLoadException(file.Name, e.Message);
        }
    }

    /// <exception cref="ElfException">The file ends before.</exception>
    public static byte[] ReadExactly(IMappableFile file, ulong offset, int length)
    {
        byte[] bytes = new byte[length];
        if (ReadFully(file, (long)offset, bytes) != length)
        {
            throw new ElfException($"truncated: it ends within 0x{offset:x}..+0x{length:x}");
        }

        return bytes;
    }

    private static int ReadFully(IMappableFile file, long offset, Span<byte> destination)
    {
        int done = 0;
        while (done < destination.Length)
        {
            int read = file.Read(offset + done, destination[done..]);
            if (read <= 0)
            {
                break;
            }

            done += read;
        }

        return done;
    }
}

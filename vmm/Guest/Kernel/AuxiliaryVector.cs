using System.Buffers.Binary;

namespace Dilaton.Guest;

/// <summary>The auxiliary vector, as the loader put it on the stack behind argc, argv and envp.
/// </summary>
internal static class AuxiliaryVector
{
    private const int WordBytes = sizeof(ulong);

    /// <param name="memory">Of the process; it is the resident one.</param>
    /// <param name="stack">Where its stack began, at argc.</param>
    public static byte[] Read(AddressSpace memory, ulong stack)
    {
        ulong at = stack + ((ReadWord(memory, stack) + 2) * WordBytes);
        while (ReadWord(memory, at) != 0)
        {
            at += WordBytes;
        }

        ulong start = at + WordBytes;
        ulong end = start;
        while (ReadWord(memory, end) != 0)
        {
            end += 2 * WordBytes;
        }

        end += 2 * WordBytes;
        return memory.Bytes(start, (int)(end - start)).ToArray();
    }

    private static ulong ReadWord(AddressSpace memory, ulong address) =>
        BinaryPrimitives.ReadUInt64LittleEndian(memory.Bytes(address, WordBytes));
}

using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Dilaton.Tests;

/// <summary>A message in tests/vectors/wire: its README.md says how it lies there.</summary>
internal sealed record WireVectorFile(byte[] Header, byte[] Payload)
{
    private const int PrefixBytes = 16;

    public static string Folder => InRepository();

    public static WireVectorFile Read(string name)
    {
        byte[] bytes = File.ReadAllBytes(Path.Combine(Folder, name + ".bin"));
        int header = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        int payload = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(8));
        int at = PrefixBytes + Pad(header);
        return at + payload == bytes.Length
            ? new(bytes[PrefixBytes..(PrefixBytes + header)], bytes[at..])
            : throw new InvalidDataException($"{name}.bin has {bytes.Length} bytes");
    }

    public byte[] ToBytes()
    {
        int at = PrefixBytes + Pad(Header.Length);
        byte[] bytes = new byte[at + Payload.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)Header.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), (ulong)Payload.Length);
        Header.CopyTo(bytes, PrefixBytes);
        Payload.CopyTo(bytes, at);
        return bytes;
    }

    private static int Pad(int bytes) => (bytes + 7) & ~7;

    private static string InRepository([CallerFilePath] string self = "") =>
        Path.Combine(Path.GetDirectoryName(self)!, "..", "vectors", "wire");
}

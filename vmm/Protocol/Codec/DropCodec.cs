using Dilaton.Native;

namespace Dilaton.Protocol;

/// <summary>Lines that a vCPU's filter must drop, on the wire: u64[n].</summary>
internal static class DropCodec
{
    /// <exception cref="ProtocolException">They lie outside of the payload, or are no lines.
    /// </exception>
    public static ReadOnlySpan<ulong> Read(
        ReadOnlySpan<byte> payload, ulong offset, uint count, uint lineSizeBytes,
        FieldPath field)
    {
        ReadOnlySpan<byte> block =
            PayloadReader.Block(payload, offset, (UInt128)((ulong)count * sizeof(ulong)), field);
        ReadOnlySpan<ulong> lines = Blittable.Cast<ulong>(block);
        if (Columns.HasAnyBit(lines, lineSizeBytes - 1))
        {
            PayloadReader.Fail(
                field, $"lines at multiples of {lineSizeBytes}", "one that is not");
        }

        return lines;
    }
}

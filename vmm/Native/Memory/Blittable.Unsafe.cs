using System.Runtime.InteropServices;

namespace Dilaton.Native;

/// <summary>Structures as bytes, for the kernel's ABI.</summary>
public static class Blittable
{
    public static int SizeOf<T>()
        where T : unmanaged
    {
        unsafe
        {
            // SAFETY: the size of an unmanaged type is a constant.
            return sizeof(T);
        }
    }

    public static T Read<T>(ReadOnlySpan<byte> source)
        where T : unmanaged =>
        // SAFETY: MemoryMarshal checks the length; any bits are valid for an unmanaged type.
        MemoryMarshal.Read<T>(source);

    public static void Write<T>(Span<byte> destination, in T value)
        where T : unmanaged =>
        // SAFETY: MemoryMarshal checks the length.
        MemoryMarshal.Write(destination, in value);

    /// <summary>The same memory as elements, of which a rest too short for one is left out; it may
    /// begin at any address, as x86 allows.</summary>
    public static ReadOnlySpan<T> Cast<T>(ReadOnlySpan<byte> bytes)
        where T : unmanaged =>
        // SAFETY: MemoryMarshal computes the length; any bits are valid for an unmanaged type.
        MemoryMarshal.Cast<byte, T>(bytes);

    public static Span<T> Cast<T>(Span<byte> bytes)
        where T : unmanaged =>
        // SAFETY: as above.
        MemoryMarshal.Cast<byte, T>(bytes);

    public static Span<byte> AsBytes<T>(Span<T> elements)
        where T : unmanaged =>
        // SAFETY: MemoryMarshal computes the length, and checks its overflow.
        MemoryMarshal.AsBytes(elements);
}

using System.Diagnostics.CodeAnalysis;

namespace Dilaton.Guest;

/// <summary>Guest memory as a system call sees it. Every access checks the guest's own mapping and
/// protection, so that a bad pointer is EFAULT and never a host fault; every copy is counted for
/// the call's kernel time and enters the event stream as a kernel access.</summary>
internal interface IUserMemory
{
    bool TryRead(ulong address, Span<byte> destination);

    bool TryWrite(ulong address, ReadOnlySpan<byte> source);

    bool TryRead<T>(ulong address, out T value)
        where T : unmanaged;

    bool TryWrite<T>(ulong address, in T value)
        where T : unmanaged;

    /// <summary>Reads a NUL-terminated string of at most <paramref name="lengthMax"/> bytes.
    /// </summary>
    bool TryReadString(ulong address, int lengthMax, [NotNullWhen(true)] out string? text);

    /// <summary>The longest accessible prefix of the range as one span of guest memory, for reads
    /// into and writes out of a buffer without a copy; counted as copied by
    /// <see cref="Commit"/>.</summary>
    /// <returns>False if not even the first byte is accessible.</returns>
    bool TryGetSpan(ulong address, ulong lengthBytes, bool forWrite, out Span<byte> span);

    /// <summary>Says how many bytes of a span were really used.</summary>
    void Commit(ulong address, ulong lengthBytes, bool isStore);
}

using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;
using Dilaton.Guest;

namespace Dilaton.Tests.Unit.Guest.Files;

/// <summary>Guest memory that is one array, accessible from <see cref="Start"/> on.</summary>
internal sealed class FakeMemory : IUserMemory
{
    public const ulong Start = 0x10000;
    public const int SizeBytes = 1 << 20;

    public byte[] Bytes { get; } = new byte[SizeBytes];

    public ulong CommittedBytes { get; private set; }

    public bool TryRead(ulong address, Span<byte> destination) =>
        TryGet(address, destination.Length, out Span<byte> span) && span.TryCopyTo(destination);

    public bool TryWrite(ulong address, ReadOnlySpan<byte> source) =>
        TryGet(address, source.Length, out Span<byte> span) && source.TryCopyTo(span);

    public bool TryRead<T>(ulong address, out T value)
        where T : unmanaged
    {
        value = default;
        return TryRead(address, MemoryMarshal.AsBytes(new Span<T>(ref value)));
    }

    public bool TryWrite<T>(ulong address, in T value)
        where T : unmanaged =>
        TryWrite(address, MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    public bool TryReadString(
        ulong address, int lengthMax, [NotNullWhen(true)] out string? text)
    {
        text = null;
        if (!TryGetSpan(address, (ulong)lengthMax, false, out Span<byte> span))
        {
            return false;
        }

        int length = span.IndexOf((byte)0);
        text = length < 0 ? null : Encoding.UTF8.GetString(span[..length]);
        return length >= 0;
    }

    public bool TryGetSpan(ulong address, ulong lengthBytes, bool forWrite, out Span<byte> span)
    {
        span = default;
        if (address < Start || address >= Start + SizeBytes)
        {
            return false;
        }

        ulong length = Math.Min(lengthBytes, Start + SizeBytes - address);
        span = Bytes.AsSpan((int)(address - Start), (int)length);
        return true;
    }

    public void Commit(ulong address, ulong lengthBytes, bool isStore) =>
        CommittedBytes += lengthBytes;

    private bool TryGet(ulong address, int length, out Span<byte> span)
    {
        span = default;
        return length == 0
            || (TryGetSpan(address, (ulong)length, false, out span) && span.Length == length);
    }
}

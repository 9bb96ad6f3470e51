using Dilaton.Core;
using Dilaton.Machine;

namespace Dilaton.Tests.Unit.Machine;

/// <summary>A disk in memory, that can be made to fail.</summary>
internal sealed class TestDisk(int sizeBytes, bool isReadOnly = false) : IDiskStore, IDiskTiming
{
    public byte[] Bytes { get; } = new byte[sizeBytes];

    /// <summary>The host's answer to all that comes; null: it does it.</summary>
    public string? Failure { get; set; }

    /// <summary>What a request takes, by its number of bytes.</summary>
    public Func<ulong, VirtualDuration> Takes { get; set; } = _ => VirtualDuration.Zero;

    public ulong SizeBytes => (ulong)Bytes.Length;

    public bool IsReadOnly => isReadOnly;

    public void Read(ulong at, Span<byte> bytes)
    {
        Fail();
        Bytes.AsSpan((int)at, bytes.Length).CopyTo(bytes);
    }

    public void Write(ulong at, ReadOnlySpan<byte> bytes)
    {
        Fail();
        bytes.CopyTo(Bytes.AsSpan((int)at));
    }

    public VirtualTime Complete(VirtualTime now, DiskAction action, ulong bytes) => now + Takes(bytes);

    public void Dispose()
    {
    }

    private void Fail()
    {
        if (Failure is { } why)
        {
            throw new IOException(why);
        }
    }
}

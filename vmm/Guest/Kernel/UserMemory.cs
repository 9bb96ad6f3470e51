using System.Diagnostics.CodeAnalysis;
using System.Text;
using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Guest;

/// <summary>Guest memory as system calls see it, for the process and vCPU that it is bound to.
/// </summary>
internal sealed class UserMemory(IKernelAccessSink sink) : IUserMemory, IGuestAddressSpace
{
    private const ulong SpanBytesMax = 1UL << 30;

    private AddressSpace? _space;
    private VcpuId _vcpu;

    /// <summary>Bytes copied since <see cref="Bind"/>.</summary>
    public ulong CopiedBytes { get; private set; }

    private AddressSpace Space => _space!;

    public void Bind(AddressSpace space, VcpuId vcpu)
    {
        _space = space;
        space.Activate();
        _vcpu = vcpu;
        CopiedBytes = 0;
    }

    /// <summary>Does something in another process's memory, on behalf of the same vCPU.</summary>
    public void Lend(AddressSpace space, Action act)
    {
        AddressSpace? own = _space;
        _space = space;
        space.Activate();
        act();
        _space = own;
        own?.Activate();
    }

    public bool TryRead(ulong address, Span<byte> destination)
    {
        if (!TrySpan(address, destination.Length, GuestProtection.Read, out Span<byte> span))
        {
            return false;
        }

        span.CopyTo(destination);
        Commit(address, (ulong)destination.Length, isStore: false);
        return true;
    }

    public bool TryWrite(ulong address, ReadOnlySpan<byte> source)
    {
        if (!TrySpan(address, source.Length, GuestProtection.Write, out Span<byte> span))
        {
            return false;
        }

        Space.PrepareStore(address, (ulong)source.Length);
        source.CopyTo(span);
        Commit(address, (ulong)source.Length, isStore: true);
        return true;
    }

    public bool TryRead<T>(ulong address, out T value)
        where T : unmanaged
    {
        int length = Blittable.SizeOf<T>();
        if (!TrySpan(address, length, GuestProtection.Read, out Span<byte> span))
        {
            value = default;
            return false;
        }

        value = Blittable.Read<T>(span);
        Commit(address, (ulong)length, isStore: false);
        return true;
    }

    public bool TryWrite<T>(ulong address, in T value)
        where T : unmanaged
    {
        int length = Blittable.SizeOf<T>();
        if (!TrySpan(address, length, GuestProtection.Write, out Span<byte> span))
        {
            return false;
        }

        Space.PrepareStore(address, (ulong)length);
        Blittable.Write(span, value);
        Commit(address, (ulong)length, isStore: true);
        return true;
    }

    public bool TryReadString(
        ulong address, int lengthMax, [NotNullWhen(true)] out string? text)
    {
        text = null;
        ulong length = Space.Accessible(address, (ulong)lengthMax, GuestProtection.Read);
        if (length == 0)
        {
            return false;
        }

        Span<byte> span = Space.Bytes(address, (int)length);
        int end = span.IndexOf((byte)0);
        if (end < 0)
        {
            return false;
        }

        text = Encoding.UTF8.GetString(span[..end]);
        Commit(address, (ulong)end + 1, isStore: false);
        return true;
    }

    public bool TryGetSpan(ulong address, ulong lengthBytes, bool forWrite, out Span<byte> span)
    {
        ulong length = Space.Accessible(
            address,
            Math.Min(lengthBytes, SpanBytesMax),
            forWrite ? GuestProtection.Write : GuestProtection.Read);
        span = default;
        if (length == 0)
        {
            return lengthBytes == 0;
        }

        if (forWrite)
        {
            Space.PrepareStore(address, length);
        }

        span = Space.Bytes(address, (int)length);
        return true;
    }

    public void Commit(ulong address, ulong lengthBytes, bool isStore)
    {
        if (lengthBytes > 0)
        {
            CopiedBytes += lengthBytes;
            sink.Copied(_vcpu, new GuestVirtualAddress(address), lengthBytes, isStore);
        }
    }

    /// <inheritdoc/>
    public int FetchCode(ulong address, Span<byte> destination) =>
        Space.FetchCode(address, destination);

    /// <inheritdoc/>
    public GuestPhysicalAddress Translate(GuestVirtualAddress address) => Space.Translate(address);

    /// <inheritdoc/>
    public bool TryTranslate(GuestVirtualAddress address, out GuestPhysicalAddress physical) =>
        Space.TryTranslate(address, out physical);

    /// <inheritdoc/>
    public void WatchCode(ulong pageAddress) => Space.WatchCode(pageAddress);

    /// <inheritdoc/>
    public void Observe(ICodeObserver observer) => Space.Observe(observer);

    private bool TrySpan(
        ulong address, int lengthBytes, GuestProtection access, out Span<byte> span)
    {
        ulong length = Space.Accessible(address, (ulong)lengthBytes, access);
        span = length == (ulong)lengthBytes && length > 0
            ? Space.Bytes(address, lengthBytes)
            : default;
        return length == (ulong)lengthBytes;
    }
}

namespace Dilaton.Machine;

/// <summary>The buffers of one request: first those that the device reads, then those that it writes, all of
/// them memory. One object for each queue, used anew for each request.</summary>
internal sealed class VirtChain(PhysicalMemory memory)
{
    private readonly List<(ulong Address, uint Length)> _readable = [];
    private readonly List<(ulong Address, uint Length)> _writable = [];

    /// <summary>The index by which the driver knows it.</summary>
    public ushort Head { get; private set; }

    /// <summary>Buffers may overlap: it can be more than there is memory.</summary>
    public ulong ReadableBytes { get; private set; }

    public ulong WritableBytes { get; private set; }

    public void Begin(ushort head)
    {
        Head = head;
        _readable.Clear();
        _writable.Clear();
        ReadableBytes = WritableBytes = 0;
    }

    /// <exception cref="VirtioFaultException">It is not allowed there.</exception>
    public void Add(ulong address, uint length, bool isWritable)
    {
        if (length == 0)
        {
            throw new VirtioFaultException("a descriptor has no length");
        }

        if (!memory.Has(address, length))
        {
            throw new VirtioFaultException($"a descriptor names 0x{address:x}, {length} bytes, which is not memory");
        }

        if (isWritable)
        {
            _writable.Add((address, length));
            WritableBytes += length;
            return;
        }

        if (_writable.Count > 0)
        {
            throw new VirtioFaultException("a buffer to be read comes after one to be written");
        }

        _readable.Add((address, length));
        ReadableBytes += length;
    }

    /// <summary>Reads what the driver gives. The range must lie within <see cref="ReadableBytes"/>.</summary>
    public void CopyOut(ulong from, Span<byte> to)
    {
        int done = 0;
        while (done < to.Length)
        {
            Span<byte> part = Part(_readable, from + (ulong)done, to.Length - done);
            part.CopyTo(to[done..]);
            done += part.Length;
        }
    }

    /// <summary>Writes what the driver gets. The range must lie within <see cref="WritableBytes"/>.</summary>
    public void CopyIn(ulong at, ReadOnlySpan<byte> from)
    {
        while (!from.IsEmpty)
        {
            Span<byte> part = Part(_writable, at, from.Length);
            from[..part.Length].CopyTo(part);
            at += (ulong)part.Length;
            from = from[part.Length..];
        }
    }

    private Span<byte> Part(List<(ulong Address, uint Length)> buffers, ulong at, int most)
    {
        int i = 0;
        while (at >= buffers[i].Length)
        {
            at -= buffers[i].Length;
            i++;
        }

        ulong left = buffers[i].Length - at;
        return memory.At(buffers[i].Address + at, (int)Math.Min(left, (ulong)most));
    }
}

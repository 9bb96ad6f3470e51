using System.Buffers.Binary;
using System.Text;
using Dilaton.Core;

namespace Dilaton.Machine;

/// <summary>A disk (VIRTIO 1.2, "Block Device"). A request's data moves when it comes, and it is given back when the
/// disk's timing says that it is done, in virtual time.</summary>
public sealed class BlockDevice : VirtioDevice, IDisposable
{
    /// <summary>Of one request; Linux's are of 1.25 MiB at most.</summary>
    internal const int BytesMax = 8 << 20;

    internal const uint Done = 0;
    internal const uint Failed = 1;
    internal const uint Unsupported = 2;

    private const int HeaderBytes = 16;
    private const int IdBytes = 20;
    private const uint ReadKind = 0;
    private const uint WriteKind = 1;
    private const uint FlushKind = 4;
    private const uint IdKind = 8;
    private const ulong HasSegmentMax = 1 << 2;
    private const ulong IsReadOnly = 1 << 5;
    private const ulong HasBlockSize = 1 << 6;
    private const ulong HasFlush = 1 << 9;

    // Of a request's descriptors, two are the header and the status.
    private const uint SegmentMax = VirtQueue.SizeMax - 2;

    private readonly IDiskStore _store;
    private readonly IDiskTiming? _timing;
    private readonly byte[] _configuration = new byte[24];
    private byte[] _buffer = new byte[64 << 10];
    private ulong _reads;
    private ulong _writes;
    private ulong _flushes;
    private ulong _bytesRead;
    private ulong _bytesWritten;
    private ulong _errors;
    private string? _trouble;

    /// <param name="name">Such as "disk0".</param>
    /// <param name="store">Disposed with this.</param>
    /// <param name="timing">Null: requests are done when the host has done them.</param>
    public BlockDevice(string name, IDiskStore store, IDiskTiming? timing)
    {
        ArgumentNullException.ThrowIfNull(store);
        Name = name;
        _store = store;
        _timing = timing;
        BinaryPrimitives.WriteUInt64LittleEndian(_configuration, store.SizeBytes / DiskImage.SectorBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(_configuration.AsSpan(12), SegmentMax);
        BinaryPrimitives.WriteUInt32LittleEndian(_configuration.AsSpan(20), DiskImage.SectorBytes);
    }

    /// <inheritdoc/>
    public override string Name { get; }

    internal override uint Kind => 2;

    internal override int QueueCount => 1;

    internal override ulong Features =>
        HasSegmentMax | HasBlockSize | HasFlush | (_store.IsReadOnly ? IsReadOnly : 0);

    internal override ReadOnlySpan<byte> Configuration => _configuration;

    internal override string? Trouble => _trouble;

    /// <inheritdoc/>
    public override void Collect(StatisticsList list)
    {
        ArgumentNullException.ThrowIfNull(list);
        list.Count("reads", _reads, "Count", "read requests that were done");
        list.Count("writes", _writes, "Count", "write requests that were done");
        list.Count("flushes", _flushes, "Count", "flushes that were done");
        list.Count("bytesRead", _bytesRead, "Byte", "bytes read");
        list.Count("bytesWritten", _bytesWritten, "Byte", "bytes written");
        list.Count("errors", _errors, "Count", "requests that ended in an error, or were refused");
        if (_timing is IStatisticsSource model)
        {
            list.Add("model", model);
        }
    }

    /// <inheritdoc/>
    public override void ResetStatistics()
    {
        _reads = _writes = _flushes = _bytesRead = _bytesWritten = _errors = 0;
        (_timing as IStatisticsSource)?.ResetStatistics();
    }

    public void Dispose() => _store.Dispose();

    internal override void Serve(VirtioTransport transport, int queue)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        for (int left = transport.Waiting(queue); left > 0; left--)
        {
            VirtChain chain = transport.Take(queue);
            if (chain.ReadableBytes < HeaderBytes || chain.WritableBytes == 0)
            {
                throw new VirtioFaultException("a disk's request has no header, or no room for its status");
            }

            // Before the host does it: what that takes is not the disk's.
            VirtualTime now = transport.Now;
            chain.CopyOut(0, header);
            uint kind = BinaryPrimitives.ReadUInt32LittleEndian(header);
            ulong sector = BinaryPrimitives.ReadUInt64LittleEndian(header[8..]);
            (uint status, ulong written) = Answer(chain, kind, sector);
            chain.CopyIn(chain.WritableBytes - 1, [(byte)status]);
            _errors += status == Done ? 0u : 1;
            VirtualTime end = status == Done && kind != IdKind ? TimeOf(now, kind, chain) : now;
            transport.GiveAt(end, queue, chain.Head, (uint)written + 1);
        }
    }

    private VirtualTime TimeOf(VirtualTime now, uint kind, VirtChain chain) => _timing is null ? now : kind switch
    {
        ReadKind => _timing.Complete(now, DiskAction.Read, chain.WritableBytes - 1),
        WriteKind => _timing.Complete(now, DiskAction.Write, chain.ReadableBytes - HeaderBytes),
        _ => _timing.Complete(now, DiskAction.Flush, 0),
    };

    /// <returns>Its status, and how many bytes of data were written for the driver.</returns>
    private (uint Status, ulong Written) Answer(VirtChain chain, uint kind, ulong sector)
    {
        try
        {
            switch (kind)
            {
                case ReadKind:
                    return Read(chain, sector);
                case WriteKind:
                    return (Write(chain, sector), 0);
                case FlushKind:
                    // What was written is in the host's files: to wait for its medium would show the guest
                    // the host's time.
                    _flushes++;
                    return (Done, 0);
                case IdKind:
                    return Identify(chain);
                default:
                    return (Unsupported, 0);
            }
        }
        catch (IOException e)
        {
            _trouble ??= $"{Name}: the host could not do what the guest wants of its disk, which got an I/O error: "
                + e.Message;
            return (Failed, 0);
        }
    }

    private (uint Status, ulong Written) Read(VirtChain chain, ulong sector)
    {
        ulong count = chain.WritableBytes - 1;
        if (!IsOnDisk(sector, count))
        {
            return (Failed, 0);
        }

        Span<byte> bytes = Room((int)count);
        _store.Read(sector * DiskImage.SectorBytes, bytes);
        chain.CopyIn(0, bytes);
        _reads++;
        _bytesRead += count;
        return (Done, count);
    }

    private uint Write(VirtChain chain, ulong sector)
    {
        ulong count = chain.ReadableBytes - HeaderBytes;
        if (_store.IsReadOnly || !IsOnDisk(sector, count))
        {
            return Failed;
        }

        Span<byte> bytes = Room((int)count);
        chain.CopyOut(HeaderBytes, bytes);
        _store.Write(sector * DiskImage.SectorBytes, bytes);
        _writes++;
        _bytesWritten += count;
        return Done;
    }

    private (uint Status, ulong Written) Identify(VirtChain chain)
    {
        if (chain.WritableBytes != IdBytes + 1)
        {
            return (Failed, 0);
        }

        byte[] id = new byte[IdBytes];
        Encoding.ASCII.GetBytes($"dilaton-{Name}", id);
        chain.CopyIn(0, id);
        return (Done, IdBytes);
    }

    private bool IsOnDisk(ulong sector, ulong count)
    {
        ulong sectors = _store.SizeBytes / DiskImage.SectorBytes;
        return count is > 0 and <= BytesMax && count % DiskImage.SectorBytes == 0 && sector <= sectors
            && count / DiskImage.SectorBytes <= sectors - sector;
    }

    /// <summary>As large as the largest request so far.</summary>
    private Span<byte> Room(int count)
    {
        if (_buffer.Length < count)
        {
            _buffer = new byte[count];
        }

        return _buffer.AsSpan(0, count);
    }
}

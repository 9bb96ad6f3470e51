using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Dilaton.Native;

/// <summary>One direction of a <see cref="SharedRing"/>: one process writes, one reads; an object does
/// either. The other process is not trusted: what is read is copied first, and nothing of it is
/// believed.
/// <code>
///  writer: data, then `written`, then: reader sleeps? clear, wake
///  reader: `written` > `read`? data, then `read`; else `sleeps` = 1, look again, wait
/// </code></summary>
public sealed class RingLane
{
    private readonly SharedRing _ring;
    private readonly nint _control;
    private readonly nint _data;
    private readonly uint _capacity;

    // Our own count of what we wrote or read: the one in shared memory is for the other end.
    private ulong _position;

    internal RingLane(SharedRing ring, nint control, nint data, uint capacity)
    {
        _ring = ring;
        _control = control;
        _data = data;
        _capacity = capacity;
        _position = 0;
    }

    /// <summary>Bytes that an entry takes.</summary>
    public static ulong BytesFor(int headerBytes, int payloadBytes) => Round(
        (ulong)RingLayout.EntryBytes + (ulong)headerBytes + (ulong)payloadBytes);

    /// <summary>Writes an entry and wakes the reader.</summary>
    /// <returns>False if there is no room.</returns>
    /// <exception cref="RingException">The reader says that it read what was never written.
    /// </exception>
    public bool TryWrite(uint kind, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
    {
        ulong bytes = BytesFor(header.Length, payload.Length);
        ulong used = _position - Load(RingLayout.ReadAt);
        if (used > _capacity)
        {
            throw new RingException($"the reader is {used} bytes behind of {_capacity}");
        }

        if (bytes > _capacity - used)
        {
            return false;
        }

        Span<byte> entry = stackalloc byte[RingLayout.EntryBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(entry, kind);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], (uint)header.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(entry[8..], (ulong)payload.Length);
        Put(_position, entry);
        Put(_position + RingLayout.EntryBytes, header);
        Put(_position + RingLayout.EntryBytes + (ulong)header.Length, payload);
        _position += bytes;
        Store(RingLayout.WrittenAt, _position);
        Wake();
        return true;
    }

    /// <summary>Looks at the next entry.</summary>
    /// <returns>False if there is none.</returns>
    /// <exception cref="RingException">The writer's count or sizes can't be.</exception>
    public bool TryPeek(out RingEntry entry)
    {
        ulong written = Load(RingLayout.WrittenAt);
        entry = default;
        if (written == _position)
        {
            return false;
        }

        ulong there = written - _position;
        Span<byte> head = stackalloc byte[RingLayout.EntryBytes];
        if (there > _capacity || there < RingLayout.EntryBytes)
        {
            throw new RingException($"the writer is {there} bytes ahead of {_capacity}");
        }

        Get(_position, head);
        entry = new RingEntry(
            BinaryPrimitives.ReadUInt32LittleEndian(head),
            BinaryPrimitives.ReadUInt32LittleEndian(head[4..]),
            BinaryPrimitives.ReadUInt64LittleEndian(head[8..]));
        ulong bytes = entry.PayloadBytes > _capacity
            ? ulong.MaxValue
            : Round(RingLayout.EntryBytes + entry.HeaderBytes + entry.PayloadBytes);
        bool isKnown = entry.Kind == RingEntry.Message
            || entry == new RingEntry(RingEntry.Elsewhere, 0, 0);
        if (bytes > there || !isKnown)
        {
            throw new RingException(
                $"an entry of kind {entry.Kind} has {entry.HeaderBytes} and {entry.PayloadBytes} "
                + $"bytes, of {there} written");
        }

        return true;
    }

    /// <summary>Copies out the entry that <see cref="TryPeek"/> showed, and frees its room.
    /// </summary>
    /// <param name="message">Of the entry's header and payload bytes together.</param>
    public void Take(in RingEntry entry, Span<byte> message)
    {
        Get(_position + RingLayout.EntryBytes, message);
        _position += Round(RingLayout.EntryBytes + entry.HeaderBytes + entry.PayloadBytes);
        Store(RingLayout.ReadAt, _position);
    }

    /// <summary>Waits until there is an entry: first awake, then asleep.</summary>
    /// <param name="spins">Looks before it sleeps.</param>
    /// <param name="timeoutMs">Longest sleep.</param>
    public void Wait(int spins, int timeoutMs)
    {
        for (int i = 0; i < spins; i++)
        {
            if (Load(RingLayout.WrittenAt) != _position)
            {
                return;
            }

            Thread.SpinWait(1);
        }

        if (timeoutMs <= 0)
        {
            return;
        }

        SetSleeps(1);
        if (Load(RingLayout.WrittenAt) == _position)
        {
            var timeout = new RingTimeout(timeoutMs);

            // Woken, late, interrupted or not asleep at all: the caller looks again.
            _ = RingCalls.futex(
                RingCalls.SYS_futex, _control + RingLayout.SleepsAt, RingCalls.FUTEX_WAIT, 1,
                timeout, 0, 0);
        }

        SetSleeps(0);
    }

    private static ulong Round(ulong bytes) => (bytes + 15) & ~15UL;

    private void Wake()
    {
        unsafe
        {
            // SAFETY: the lane's control lies within the ring's mapping, which Base keeps alive.
            if (Interlocked.Exchange(ref *(uint*)(Base + RingLayout.SleepsAt), 0) == 0)
            {
                return;
            }
        }

        _ = RingCalls.futex(
            RingCalls.SYS_futex, _control + RingLayout.SleepsAt, RingCalls.FUTEX_WAKE, 1,
            default, 0, 0);
    }

    private nint Base
    {
        get
        {
            _ring.RequireOpen();
            return _control;
        }
    }

    private ulong Load(int at)
    {
        unsafe
        {
            // SAFETY: an aligned word of the ring's mapping.
            return Volatile.Read(ref *(ulong*)(Base + at));
        }
    }

    private void Store(int at, ulong value)
    {
        unsafe
        {
            // SAFETY: as above.
            Volatile.Write(ref *(ulong*)(Base + at), value);
        }
    }

    private void SetSleeps(uint value)
    {
        unsafe
        {
            // SAFETY: as above. The exchange orders it before the look that follows.
            Interlocked.Exchange(ref *(uint*)(Base + RingLayout.SleepsAt), value);
        }
    }

    private void Put(ulong position, ReadOnlySpan<byte> bytes)
    {
        int first = FirstPart(position, bytes.Length, out nint at);
        bytes[..first].CopyTo(Memory(at, first));
        bytes[first..].CopyTo(Memory(_data, bytes.Length - first));
    }

    private void Get(ulong position, Span<byte> bytes)
    {
        int first = FirstPart(position, bytes.Length, out nint at);
        Memory(at, first).CopyTo(bytes);
        Memory(_data, bytes.Length - first).CopyTo(bytes[first..]);
    }

    private int FirstPart(ulong position, int length, out nint at)
    {
        uint offset = (uint)position & (_capacity - 1);
        at = _data + (nint)offset;
        return (int)Math.Min((uint)length, _capacity - offset);
    }

    private static Span<byte> Memory(nint at, int length)
    {
        unsafe
        {
            // SAFETY: at and length come from FirstPart: both parts lie within the lane's data,
            // since no caller passes more than the capacity.
            return new Span<byte>((void*)at, length);
        }
    }
}

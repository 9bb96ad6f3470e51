using System.Buffers.Binary;
using System.Numerics;

namespace Dilaton.Machine;

/// <summary>A split virtqueue from the device's side (VIRTIO 1.2, "Split Virtqueues"):
/// <code>
///   driver area    flags, index, ring of heads     the driver adds requests
///   descriptors    address, length, flags, next    what they are
///   device area    flags, index, ring of (head, bytes written)     the device gives them back
/// </code>
/// All of it lies in the guest's memory, and is trusted in nothing: each word is read once, each range is
/// checked before it is used, and no chain is longer than <see cref="SizeMax"/>.</summary>
internal sealed class VirtQueue
{
    /// <summary>Entries of a queue, and descriptors of a request, at most.</summary>
    public const int SizeMax = 256;

    private const int DescriptorBytes = 16;
    private const int RingHeaderBytes = 4;
    private const int HeadBytes = 2;
    private const int UsedBytes = 8;
    private const ushort NextFlag = 1;
    private const ushort WriteFlag = 2;
    private const ushort IndirectFlag = 4;
    private const ushort NoInterrupt = 1;
    private const ushort NoNotification = 1;

    private readonly PhysicalMemory _memory;
    private readonly VirtChain _chain;
    private ushort _taken;
    private ushort _given;

    public VirtQueue(PhysicalMemory memory)
    {
        _memory = memory;
        _chain = new VirtChain(memory);
    }

    public uint Size { get; set; } = SizeMax;

    public ulong Descriptors { get; set; }

    public ulong DriverArea { get; set; }

    public ulong DeviceArea { get; set; }

    public bool IsReady { get; private set; }

    /// <summary>Grows when the queue ends: what was taken before must not be given back.</summary>
    public uint Generation { get; private set; }

    /// <summary>Whether the driver wants to be told of what it was given back.</summary>
    public bool WantsInterrupt
    {
        get
        {
            // What was given back is there before this is read: the driver looks in the other order.
            Interlocked.MemoryBarrier();
            return (ReadWord(DriverArea) & NoInterrupt) == 0;
        }
    }

    public void Reset()
    {
        Disable();
        Size = SizeMax;
        Descriptors = DriverArea = DeviceArea = 0;
    }

    /// <summary>The driver says that it has set all up.</summary>
    /// <exception cref="VirtioFaultException">It has not.</exception>
    public void Enable()
    {
        if (Size is 0 or > SizeMax || !BitOperations.IsPow2(Size))
        {
            throw new VirtioFaultException($"a queue of {Size} entries: a power of two up to {SizeMax} is possible");
        }

        Require("descriptors", Descriptors, Size * DescriptorBytes, 16);
        Require("driver area", DriverArea, RingHeaderBytes + (Size * HeadBytes), 2);
        Require("device area", DeviceArea, RingHeaderBytes + (Size * UsedBytes), 4);
        _taken = _given = 0;
        IsReady = true;
    }

    public void Disable()
    {
        IsReady = false;
        Generation++;
    }

    /// <summary>Requests that wait.</summary>
    /// <exception cref="VirtioFaultException">The ring is damaged.</exception>
    public int Waiting()
    {
        ushort index = ReadWord(DriverArea + 2);

        // Entries up to the index were written before it.
        Interlocked.MemoryBarrier();
        int waiting = (ushort)(index - _taken);
        int atWork = (ushort)(_taken - _given);
        return waiting + atWork <= Size
            ? waiting
            : throw new VirtioFaultException($"{waiting} requests wait and {atWork} are at work in a queue of {Size}");
    }

    /// <summary>Takes the next request, of which one must wait. Valid until the next call.</summary>
    /// <exception cref="VirtioFaultException">It is damaged.</exception>
    public VirtChain Take()
    {
        ushort head = ReadWord(DriverArea + RingHeaderBytes + ((_taken & (Size - 1)) * HeadBytes));
        _taken++;
        _chain.Begin(head);
        Walk(Descriptors, Size, head, isIndirect: false);
        return _chain;
    }

    /// <summary>Says whether the driver is to tell of requests that it adds from now on. It may do so all the same.
    /// </summary>
    public void AskForNotification(bool isWanted)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_memory.At(DeviceArea, 2), isWanted ? (ushort)0 : NoNotification);

        // What is looked at after it has all that was added before the driver saw it.
        Interlocked.MemoryBarrier();
    }

    /// <summary>Gives a request back.</summary>
    /// <param name="written">Bytes that were written into it.</param>
    public void Give(ushort head, uint written)
    {
        Span<byte> entry = _memory.At(
            DeviceArea + RingHeaderBytes + ((_given & (Size - 1)) * UsedBytes), UsedBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(entry, head);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], written);
        _given++;

        // The entry, and what is in its buffers, is there before the index says so.
        Interlocked.MemoryBarrier();
        BinaryPrimitives.WriteUInt16LittleEndian(_memory.At(DeviceArea + 2, 2), _given);
    }

    /// <summary>Each step adds a descriptor or ends, and there are at most as many steps as descriptors: a
    /// loop ends there.</summary>
    private void Walk(ulong table, uint count, uint index, bool isIndirect)
    {
        Span<byte> descriptor = stackalloc byte[DescriptorBytes];
        for (uint steps = 0; steps < count; steps++)
        {
            if (index >= count)
            {
                throw new VirtioFaultException($"descriptor {index} of {count}");
            }

            // A copy, so that what is checked is what is used.
            _memory.At(table + (index * DescriptorBytes), DescriptorBytes).CopyTo(descriptor);
            ulong address = BinaryPrimitives.ReadUInt64LittleEndian(descriptor);
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(descriptor[8..]);
            ushort flags = BinaryPrimitives.ReadUInt16LittleEndian(descriptor[12..]);
            if ((flags & IndirectFlag) != 0)
            {
                WalkIndirect(address, length, flags, isIndirect);
                return;
            }

            _chain.Add(address, length, (flags & WriteFlag) != 0);
            if ((flags & NextFlag) == 0)
            {
                return;
            }

            index = BinaryPrimitives.ReadUInt16LittleEndian(descriptor[14..]);
        }

        throw new VirtioFaultException("a chain of descriptors is a loop");
    }

    private void WalkIndirect(ulong table, uint length, ushort flags, bool isIndirect)
    {
        if (isIndirect || (flags & NextFlag) != 0)
        {
            throw new VirtioFaultException("an indirect descriptor within a table, or with one after it");
        }

        uint count = length / DescriptorBytes;
        if (count is 0 or > SizeMax || length % DescriptorBytes != 0 || !_memory.Has(table, length))
        {
            throw new VirtioFaultException(
                $"a table of {length} bytes at 0x{table:x}: 1 to {SizeMax} descriptors in memory are possible");
        }

        Walk(table, count, 0, isIndirect: true);
    }

    private ushort ReadWord(ulong address) => BinaryPrimitives.ReadUInt16LittleEndian(_memory.At(address, 2));

    private void Require(string what, ulong address, uint length, uint alignment)
    {
        if (address % alignment != 0 || !_memory.Has(address, length))
        {
            throw new VirtioFaultException(
                $"its {what} at 0x{address:x}, {length} bytes, must be memory and aligned to {alignment}");
        }
    }
}

using System.Buffers.Binary;
using Dilaton.Machine;

namespace Dilaton.Tests.Unit.Machine;

/// <summary>A driver of one device, by its registers and memory only.</summary>
internal sealed class TestDriver(TestMachine machine, int device = 0)
{
    public const uint MagicValue = 0x00;
    public const uint DeviceId = 0x08;
    public const uint DeviceFeatures = 0x10;
    public const uint DeviceFeaturesSelect = 0x14;
    public const uint DriverFeatures = 0x20;
    public const uint DriverFeaturesSelect = 0x24;
    public const uint QueueSelect = 0x30;
    public const uint QueueSizeMax = 0x34;
    public const uint QueueSize = 0x38;
    public const uint QueueReady = 0x44;
    public const uint QueueNotify = 0x50;
    public const uint InterruptStatus = 0x60;
    public const uint InterruptAcknowledge = 0x64;
    public const uint Status = 0x70;
    public const uint QueueDescriptors = 0x80;
    public const uint QueueDriver = 0x90;
    public const uint QueueDevice = 0xa0;
    public const uint Configuration = 0x100;

    public const uint FeaturesOk = 11;
    public const uint DriverOk = 15;
    public const uint NeedsReset = 0x40;
    public const int Entries = 16;

    /// <summary>Where tests may put buffers.</summary>
    public const ulong Data = 0x40_0000;

    private const ulong Rings = 0x10_0000;

    private readonly ushort[] _added = new ushort[2];
    private readonly int[] _next = new int[2];

    public uint this[uint register]
    {
        get => (uint)machine.Board.ReadAddress(At(register), 4);
        set => machine.Board.WriteAddress(At(register), 4, value);
    }

    public bool NeedsAReset => (this[Status] & NeedsReset) != 0;

    public static ulong Descriptors(int queue) => Rings + ((ulong)queue << 16);

    public static ulong DriverArea(int queue) => Descriptors(queue) + 0x4000;

    public static ulong DeviceArea(int queue) => Descriptors(queue) + 0x8000;

    public ulong ReadConfiguration(uint at, int size) => machine.Board.ReadAddress(At(Configuration + at), size);

    /// <summary>All that is offered is taken, and queues are set up.</summary>
    public void Start(int queues = 1)
    {
        Negotiate(Offered());
        for (int queue = 0; queue < queues; queue++)
        {
            SetUp(queue);
        }

        this[Status] = DriverOk;
    }

    public ulong Offered()
    {
        this[DeviceFeaturesSelect] = 0;
        ulong low = this[DeviceFeatures];
        this[DeviceFeaturesSelect] = 1;
        return low | ((ulong)this[DeviceFeatures] << 32);
    }

    public void Negotiate(ulong features)
    {
        this[Status] = 0;
        this[Status] = 3;
        this[DriverFeaturesSelect] = 0;
        this[DriverFeatures] = (uint)features;
        this[DriverFeaturesSelect] = 1;
        this[DriverFeatures] = (uint)(features >> 32);
        this[Status] = FeaturesOk;
    }

    public void SetUp(int queue, uint size = Entries)
    {
        Locate(queue, size, Descriptors(queue), DriverArea(queue), DeviceArea(queue));
        Array.Clear(_added);
        Array.Clear(_next);
        machine.Ram.At(Descriptors(queue), 0x1_0000).Clear();
        this[QueueReady] = 1;
    }

    public void Locate(int queue, uint size, ulong descriptors, ulong driver, ulong device)
    {
        this[QueueSelect] = (uint)queue;
        this[QueueSize] = size;
        foreach ((uint register, ulong value) in new[]
            { (QueueDescriptors, descriptors), (QueueDriver, driver), (QueueDevice, device) })
        {
            this[register] = (uint)value;
            this[register + 4] = (uint)(value >> 32);
        }
    }

    /// <summary>Adds a request of these buffers, and tells the device.</summary>
    public ushort Send(int queue, params (ulong Address, uint Length, bool IsWritable)[] buffers)
    {
        ushort head = (ushort)_next[queue];
        for (int i = 0; i < buffers.Length; i++)
        {
            bool isLast = i == buffers.Length - 1;
            int index = _next[queue];
            _next[queue] = (index + 1) % Entries;
            Describe(
                Descriptors(queue) + ((ulong)index * 16), buffers[i].Address, buffers[i].Length,
                (buffers[i].IsWritable ? 2 : 0) | (isLast ? 0 : 1), _next[queue]);
        }

        Add(queue, head);
        this[QueueNotify] = (uint)queue;
        return head;
    }

    /// <summary>Writes a descriptor.</summary>
    public void Describe(ulong at, ulong address, uint length, int flags, int next)
    {
        Span<byte> bytes = machine.Ram.At(at, 16);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, address);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], length);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[12..], (ushort)flags);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[14..], (ushort)next);
    }

    /// <summary>Makes a head available, without telling.</summary>
    public void Add(int queue, ushort head)
    {
        Span<byte> area = machine.Ram.At(DriverArea(queue), 4 + (2 * Entries));
        BinaryPrimitives.WriteUInt16LittleEndian(area[(4 + (_added[queue] % Entries * 2))..], head);
        BinaryPrimitives.WriteUInt16LittleEndian(area[2..], ++_added[queue]);
    }

    /// <summary>Whether the device asks to be told of what is added.</summary>
    public bool IsToNotify(int queue) => machine.Ram.At(DeviceArea(queue), 2)[0] == 0;

    /// <summary>What the device has given back, oldest first.</summary>
    public (uint Head, uint Written)[] Used(int queue)
    {
        ReadOnlySpan<byte> area = machine.Ram.At(DeviceArea(queue), 4 + (8 * Entries));
        (uint, uint)[] used = new (uint, uint)[BinaryPrimitives.ReadUInt16LittleEndian(area[2..])];
        for (int i = 0; i < used.Length; i++)
        {
            ReadOnlySpan<byte> entry = area[(4 + (i % Entries * 8))..];
            used[i] = (
                BinaryPrimitives.ReadUInt32LittleEndian(entry),
                BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]));
        }

        return used;
    }

    public Span<byte> Bytes(ulong at, int count) => machine.Ram.At(at, count);

    private ulong At(uint register) => VirtioBus.Base + ((ulong)device * VirtioBus.StepBytes) + register;
}

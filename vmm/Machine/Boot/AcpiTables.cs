using System.Buffers.Binary;
using System.Text;
using Dilaton.Native;

namespace Dilaton.Machine;

/// <summary>Says by ACPI what the machine has (ACPI 6.5, "ACPI Software Programming Model"): processors,
/// interrupt controllers, virtio devices, how to switch it off and how to reset it. There is no PM timer and no HPET:
/// they would show the host's time.
/// <code>
/// RSDP ─► XSDT ─► FADT ─► DSDT, FACS
///              └► MADT
/// </code></summary>
internal static class AcpiTables
{
    public const int IoApicBase = unchecked((int)0xfec0_0000);
    public const int LocalApicBase = unchecked((int)0xfee0_0000);

    private const int HeaderBytes = 36;
    private const int RsdpBytes = 36;
    private const int FadtBytes = 276;
    private const int FacsBytes = 64;
    private const int Step = 0x400;
    private const int RoomBytes = 0x1_0000;
    private const byte SystemIo = 1;

    // HW flags: WBINVD, PROC_C1, no fixed buttons, no fixed RTC wake, RESET_REG_SUP.
    private const uint FadtFlags = 1 | (1 << 2) | (1 << 4) | (1 << 5) | (1 << 6) | (1 << 10);

    // Legacy devices; no VGA; no keyboard controller.
    private const ushort BootArchitecture = 1 | (1 << 2);
    private const ushort NoSuchState = 0xfff;

    // Active high, level: as the SCI is.
    private const byte LevelHigh = 0xd;

    /// <returns>Guest-physical address of the RSDP.</returns>
    public static ulong Write(GuestRam ram, int vcpuCount, int virtioCount)
    {
        Span<byte> room = ram.At(BootLayout.Acpi, RoomBytes);
        room.Clear();
        uint at = (uint)BootLayout.Acpi;
        uint xsdt = at + Step, fadt = at + (2 * Step), dsdt = at + (3 * Step);
        uint facs = at + (4 * Step), madt = at + (5 * Step);
        Table(room[(int)(dsdt - at)..], "DSDT", 2, DifferentiatedTable.Of(virtioCount));
        Facs(room[(int)(facs - at)..]);
        Table(room[(int)(fadt - at)..], "FACP", 6, Fadt(dsdt, facs));
        Table(room[(int)(madt - at)..], "APIC", 5, Madt(vcpuCount));
        byte[] entries = new byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(entries, fadt);
        BinaryPrimitives.WriteUInt64LittleEndian(entries.AsSpan(8), madt);
        Table(room[(int)(xsdt - at)..], "XSDT", 1, entries);
        Rsdp(room, xsdt);
        return BootLayout.Acpi;
    }

    private static void Rsdp(Span<byte> table, uint xsdt)
    {
        "RSD PTR "u8.CopyTo(table);
        "DILATN"u8.CopyTo(table[9..]);
        table[15] = 2;
        BinaryPrimitives.WriteUInt32LittleEndian(table[20..], RsdpBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(table[24..], xsdt);
        table[8] = Checksum(table[..20]);
        table[32] = Checksum(table[..RsdpBytes]);
    }

    private static void Table(Span<byte> table, string signature, byte revision, ReadOnlySpan<byte> body)
    {
        int length = HeaderBytes + body.Length;
        Encoding.ASCII.GetBytes(signature, table);
        BinaryPrimitives.WriteUInt32LittleEndian(table[4..], (uint)length);
        table[8] = revision;
        "DILATNSYSTEM  "u8.CopyTo(table[10..]);
        BinaryPrimitives.WriteUInt32LittleEndian(table[24..], 1);
        "DILA"u8.CopyTo(table[28..]);
        BinaryPrimitives.WriteUInt32LittleEndian(table[32..], 1);
        body.CopyTo(table[HeaderBytes..]);
        table[9] = Checksum(table[..length]);
    }

    private static void Facs(Span<byte> table)
    {
        "FACS"u8.CopyTo(table);
        BinaryPrimitives.WriteUInt32LittleEndian(table[4..], FacsBytes);
        table[32] = 2;
    }

    /// <summary>Without its header; offsets are the table's.</summary>
    private static byte[] Fadt(uint dsdt, uint facs)
    {
        byte[] whole = new byte[FadtBytes];
        Span<byte> table = whole;
        BinaryPrimitives.WriteUInt32LittleEndian(table[36..], facs);
        BinaryPrimitives.WriteUInt32LittleEndian(table[40..], dsdt);
        BinaryPrimitives.WriteUInt16LittleEndian(table[46..], Board.PowerInterrupt);
        BinaryPrimitives.WriteUInt32LittleEndian(table[56..], PowerPorts.Events);
        BinaryPrimitives.WriteUInt32LittleEndian(table[64..], PowerPorts.Control);
        table[88] = 4;
        table[89] = 2;
        BinaryPrimitives.WriteUInt16LittleEndian(table[96..], NoSuchState);
        BinaryPrimitives.WriteUInt16LittleEndian(table[98..], NoSuchState);
        table[108] = CmosClock.CenturyRegister;
        BinaryPrimitives.WriteUInt16LittleEndian(table[109..], BootArchitecture);
        BinaryPrimitives.WriteUInt32LittleEndian(table[112..], FadtFlags);
        Address(table[116..], PowerPorts.Reset, 8);
        table[128] = PowerPorts.ResetValue;
        BinaryPrimitives.WriteUInt64LittleEndian(table[140..], dsdt);
        Address(table[148..], PowerPorts.Events, 32);
        Address(table[172..], PowerPorts.Control, 16);
        return whole[HeaderBytes..];
    }

    private static void Address(Span<byte> address, ushort port, byte bits)
    {
        address[0] = SystemIo;
        address[1] = bits;
        BinaryPrimitives.WriteUInt64LittleEndian(address[4..], port);
    }

    private static byte[] Madt(int vcpuCount)
    {
        List<byte> body = [.. Word(LocalApicBase), .. Word(1)];
        for (int i = 0; i < vcpuCount; i++)
        {
            body.AddRange([0, 8, (byte)i, (byte)i, .. Word(1)]);
        }

        body.AddRange([1, 12, (byte)vcpuCount, 0, .. Word(IoApicBase), .. Word(0)]);
        body.AddRange([2, 10, 0, Board.PowerInterrupt, .. Word(Board.PowerInterrupt), LevelHigh, 0]);

        // NMI at LINT1 of all.
        body.AddRange([4, 6, 0xff, 0, 0, 1]);
        return [.. body];
    }

    private static byte[] Word(int value)
    {
        byte[] word = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(word, value);
        return word;
    }

    private static byte Checksum(ReadOnlySpan<byte> bytes)
    {
        byte sum = 0;
        foreach (byte value in bytes)
        {
            sum += value;
        }

        return (byte)-sum;
    }
}

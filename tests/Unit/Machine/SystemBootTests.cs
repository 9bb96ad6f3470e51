using System.Buffers.Binary;
using System.Text;
using Dilaton.Machine;
using Dilaton.Native;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Machine;

/// <summary>What is in memory when a kernel is entered.</summary>
public sealed class SystemBootTests
{
    private const ulong Memory = 64UL << 20;

    [Fact]
    public void Memory_IsInOnePieceUpTo3GiB_AndInTwoAbove()
    {
        new RamMap(Memory).Entries().ShouldBe([
            (0UL, 0x9_fc00UL, 1u), (0x9_fc00UL, 0x6_0400UL, 2u), (0x10_0000UL, Memory - 0x10_0000, 1u)]);
        RamMap large = new(5UL << 30);
        (large.LowBytes, large.HighBytes).ShouldBe((3UL << 30, 2UL << 30));
        large.Entries()[^1].ShouldBe((1UL << 32, 2UL << 30, 1u));
        Should.Throw<ImageException>(() => new RamMap(1UL << 20)).Message.ShouldContain("too little");
    }

    [Fact]
    public void TheKernelFindsItsInitrdCommandLineAndMemory()
    {
        using GuestRam ram = new(Memory);
        byte[] initrd = [1, 2, 3, 4, 5];
        ulong entry = Boot(ram, Images.Elf(), initrd, "console=ttyS0 x=\u00e4");
        entry.ShouldBe(Images.Base + 4);
        ram.At(Images.Base, 3).ToArray().ShouldBe([1, 2, 3]);
        Span<byte> parameters = ram.At(BootLayout.BootParameters, 4096);
        uint at = Word(parameters, 0x218);
        (at % 4096).ShouldBe(0u);
        ((ulong)at).ShouldBeGreaterThan(Memory - 8192);
        ram.At(at, 5).ToArray().ShouldBe(initrd);
        Word(parameters, 0x21c).ShouldBe(5u);
        byte[] line = Encoding.UTF8.GetBytes("console=ttyS0 x=\u00e4\0");
        ram.At(Word(parameters, 0x228), line.Length).ToArray().ShouldBe(line);
        parameters[0x1e8].ShouldBe((byte)3);
        Word(parameters, 0x202).ShouldBe(0x5372_6448u);
        BinaryPrimitives.ReadUInt64LittleEndian(parameters[0x70..]).ShouldBe(BootLayout.Acpi);
    }

    [Fact]
    public void ABzImagesOwnWords_AreHandedBackToIt()
    {
        using GuestRam ram = new(Memory);
        Boot(ram, Images.BzImage(), [], "");
        Span<byte> parameters = ram.At(BootLayout.BootParameters, 4096);
        BinaryPrimitives.ReadUInt64LittleEndian(parameters[0x258..]).ShouldBe(0x100_0000u);
        (Word(parameters, 0x218), Word(parameters, 0x21c)).ShouldBe((0u, 0u));
    }

    [Fact]
    public void TheFirst4GiB_AreMappedToThemselves()
    {
        using GuestRam ram = new(Memory);
        Boot(ram, Images.Elf(), [], "");
        foreach (ulong address in new ulong[] { 0, 0x20_0123, 0x3fff_ffff, 0x4000_0000, 0xfee0_0000, 0xffff_ffff })
        {
            ulong middle = Entry(ram, Entry(ram, BootLayout.PageTables, address >> 39), (address >> 30) & 511);
            ulong page = Entry(ram, middle, (address >> 21) & 511);
            (page & ~0x1f_ffffUL).ShouldBe(address & ~0x1f_ffffUL);
            (page & 0x83).ShouldBe(0x83u);
        }
    }

    [Fact]
    public void WhatDoesNotFit_IsRefused()
    {
        using GuestRam ram = new(Memory);
        Should.Throw<ImageException>(() => Boot(ram, Images.Elf(), new byte[Memory], ""))
            .Message.ShouldContain("does not fit");
        Should.Throw<ImageException>(() => Boot(ram, Images.Elf(), [], new string('x', 4096)))
            .Message.ShouldContain("at most 4095 bytes");
    }

    [Fact]
    public void AcpiTables_AreWhole_AndNameEveryProcessor()
    {
        using GuestRam ram = new(Memory);
        SystemBoot.Write(
            new BootRequest { Kernel = Images.Elf(), VcpuCount = 3 }, new RamMap(Memory), ram);
        Sum(ram.At(BootLayout.Acpi, 20)).ShouldBe((byte)0);
        Sum(ram.At(BootLayout.Acpi, 36)).ShouldBe((byte)0);
        ulong xsdt = BinaryPrimitives.ReadUInt64LittleEndian(ram.At(BootLayout.Acpi + 24, 8));
        byte[] root = Table(ram, xsdt, "XSDT");
        byte[] power = Table(ram, BitConverter.ToUInt64(root, 36), "FACP");
        power.Length.ShouldBe(276);
        BitConverter.ToUInt32(power, 64).ShouldBe(PowerPorts.Control);
        BitConverter.ToUInt32(power, 76).ShouldBe(0u, "a PM timer would show the host's time");
        Table(ram, BitConverter.ToUInt64(power, 140), "DSDT").Length.ShouldBe(36 + 14);
        byte[] controllers = Table(ram, BitConverter.ToUInt64(root, 44), "APIC");
        List<byte> kinds = [];
        for (int at = 44; at < controllers.Length; at += controllers[at + 1])
        {
            kinds.Add(controllers[at]);
        }

        kinds.ShouldBe([0, 0, 0, 1, 2, 4]);
    }

    /// <summary>AML by hand, from the specification's grammar: a scope whose length, and those within it, end
    /// where it ends.</summary>
    [Fact]
    public void TheDsdt_NamesVirtioDevices_WithTheirAddressesAndInterrupts()
    {
        using GuestRam ram = new(Memory);
        SystemBoot.Write(
            new BootRequest { Kernel = Images.Elf(), VcpuCount = 1, VirtioCount = 8 }, new RamMap(Memory), ram);
        ulong xsdt = BinaryPrimitives.ReadUInt64LittleEndian(ram.At(BootLayout.Acpi + 24, 8));
        byte[] power = Table(ram, BitConverter.ToUInt64(Table(ram, xsdt, "XSDT"), 36), "FACP");
        byte[] table = Table(ram, BitConverter.ToUInt64(power, 140), "DSDT")[(36 + 14)..];
        table[0].ShouldBe((byte)0x10);
        (table[1] >> 6).ShouldBe(1);
        int scope = (table[1] & 0xf) | (table[2] << 4);
        scope.ShouldBe(table.Length - 1);
        Encoding.ASCII.GetString(table, 3, 5).ShouldBe("\\_SB_");
        byte[] devices = table[8..];
        devices.Length.ShouldBe(8 * 61);
        devices[(3 * 61)..(4 * 61)].ShouldBe([
            0x5b, 0x82, 59, .. "VR03"u8,
            0x08, .. "_HID"u8, 0x0d, .. "LNRO0005"u8, 0,
            0x08, .. "_UID"u8, 0x0a, 3,
            0x08, .. "_CRS"u8, 0x11, 26, 0x0a, 23,
            0x86, 9, 0, 1, 0x00, 0x30, 0xb0, 0xfe, 0x00, 0x10, 0, 0,
            0x89, 6, 0, 1, 1, 19, 0, 0, 0,
            0x79, 0,
        ]);
    }

    private static ulong Boot(GuestRam ram, byte[] kernel, byte[] initrd, string line) => SystemBoot.Write(
        new BootRequest { Kernel = kernel, Initrd = initrd, CommandLine = line, VcpuCount = 1 },
        new RamMap(Memory),
        ram);

    private static byte[] Table(GuestRam ram, ulong at, string name)
    {
        byte[] table = ram.At(at, BinaryPrimitives.ReadInt32LittleEndian(ram.At(at + 4, 4))).ToArray();
        Encoding.ASCII.GetString(table, 0, 4).ShouldBe(name);
        Sum(table).ShouldBe((byte)0, name);
        return table;
    }

    private static ulong Entry(GuestRam ram, ulong table, ulong index) =>
        BinaryPrimitives.ReadUInt64LittleEndian(ram.At((table & ~0xfffUL) + (index * 8), 8));

    private static uint Word(ReadOnlySpan<byte> bytes, int at) =>
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static byte Sum(ReadOnlySpan<byte> bytes)
    {
        byte sum = 0;
        foreach (byte value in bytes)
        {
            sum += value;
        }

        return sum;
    }
}

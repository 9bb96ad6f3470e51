using System.Buffers.Binary;
using System.Text;
using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Machine;

/// <summary>Lays kernel, initrd, command line, boot parameters and tables into a machine's memory, so
/// that it can be entered by Linux's 64-bit boot protocol: long mode, the first 4 GiB mapped to
/// themselves, RSI = struct boot_params. Bare-metal images are entered in the same way.</summary>
public static class SystemBoot
{
    private const int PageTableEntries = 512;
    private const ulong PresentWritable = 3;
    private const ulong LargePage = 0x80;
    private const int LargePageShift = 21;
    private const int GigabyteShift = 30;
    private const int Gigabytes = 4;
    private const ulong CodeDescriptor = 0x00af_9b00_0000_ffff;
    private const ulong DataDescriptor = 0x00cf_9300_0000_ffff;

    // Offsets in struct boot_params.
    private const int RsdpAt = 0x70;
    private const int EntryCountAt = 0x1e8;
    private const int BootFlagAt = 0x1fe;
    private const int MagicAt = 0x202;
    private const int VersionAt = 0x206;
    private const int LoaderAt = 0x210;
    private const int LoadFlagsAt = 0x211;
    private const int InitrdAt = 0x218;
    private const int InitrdSizeAt = 0x21c;
    private const int CommandLineAt = 0x228;
    private const int AlignmentAt = 0x230;
    private const int EntriesAt = 0x2d0;
    private const int EntryBytes = 20;
    private const byte UnknownLoader = 0xff;

    /// <returns>Where the first vCPU is to begin.</returns>
    /// <exception cref="ImageException">Something is no kernel, does not fit or is too long.</exception>
    public static ulong Write(BootRequest request, RamMap map, GuestRam ram)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(map);
        ArgumentNullException.ThrowIfNull(ram);
        KernelImage kernel = KernelImage.Read(request.Kernel, map.LowBytes);
        foreach (KernelSegment segment in kernel.Segments)
        {
            segment.Bytes.Span.CopyTo(ram.At(segment.Physical, segment.Bytes.Length));
        }

        ulong initrd = PlaceInitrd(request.Initrd, kernel, map, ram);
        WriteCommandLine(request.CommandLine, ram);
        WriteTables(ram);
        ulong rsdp = AcpiTables.Write(ram, request.VcpuCount, request.VirtioCount);
        WriteParameters(
            ram.At(BootLayout.BootParameters, 4096), kernel, map, initrd, (uint)request.Initrd.Length, rsdp);
        return kernel.Entry;
    }

    /// <summary>As high as it goes below 3 GiB, out of the way of what the kernel unpacks.</summary>
    private static ulong PlaceInitrd(
        ReadOnlyMemory<byte> initrd, KernelImage kernel, RamMap map, GuestRam ram)
    {
        if (initrd.IsEmpty)
        {
            return 0;
        }

        ulong length = (ulong)initrd.Length;
        ulong room = map.LowBytes - kernel.End;
        if (length + GuestPage.SizeBytes > room)
        {
            throw new ImageException(
                $"the initrd of {length} bytes does not fit above the kernel, where the node has {room} bytes: "
                + "give more with memory.size");
        }

        ulong at = (map.LowBytes - length) & ~(GuestPage.SizeBytes - 1UL);
        initrd.Span.CopyTo(ram.At(at, initrd.Length));
        return at;
    }

    private static void WriteCommandLine(string text, GuestRam ram)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length >= BootLayout.CommandLineMax || bytes.Contains((byte)0))
        {
            throw new ImageException(
                $"a command line has at most {BootLayout.CommandLineMax - 1} bytes and no NUL");
        }

        Span<byte> room = ram.At(BootLayout.CommandLine, BootLayout.CommandLineMax);
        room.Clear();
        bytes.CopyTo(room);
    }

    private static void WriteTables(GuestRam ram)
    {
        ulong directories = BootLayout.PageTables + (2 * GuestPage.SizeBytes);
        Entry(BootLayout.PageTables, 0, (BootLayout.PageTables + GuestPage.SizeBytes) | PresentWritable);
        for (int g = 0; g < Gigabytes; g++)
        {
            ulong directory = directories + ((ulong)g * GuestPage.SizeBytes);
            Entry(BootLayout.PageTables + GuestPage.SizeBytes, g, directory | PresentWritable);
            for (int i = 0; i < PageTableEntries; i++)
            {
                ulong at = ((ulong)g << GigabyteShift) | ((ulong)i << LargePageShift);
                Entry(directory, i, at | LargePage | PresentWritable);
            }
        }

        Entry(BootLayout.Gdt, BootLayout.CodeSelector / 8, CodeDescriptor);
        Entry(BootLayout.Gdt, BootLayout.DataSelector / 8, DataDescriptor);

        void Entry(ulong table, int index, ulong value) =>
            BinaryPrimitives.WriteUInt64LittleEndian(ram.At(table + ((ulong)index * 8), 8), value);
    }

    private static void WriteParameters(
        Span<byte> parameters, KernelImage kernel, RamMap map, ulong initrd, uint initrdBytes, ulong rsdp)
    {
        parameters.Clear();
        if (kernel.SetupHeader.IsEmpty)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(parameters[BootFlagAt..], 0xaa55);
            BinaryPrimitives.WriteUInt32LittleEndian(parameters[MagicAt..], 0x5372_6448);
            BinaryPrimitives.WriteUInt16LittleEndian(parameters[VersionAt..], 0x20f);
            BinaryPrimitives.WriteUInt32LittleEndian(parameters[AlignmentAt..], 1u << LargePageShift);
        }
        else
        {
            kernel.SetupHeader.Span.CopyTo(parameters[BzImage.HeaderAt..]);
        }

        parameters[LoaderAt] = UnknownLoader;
        parameters[LoadFlagsAt] |= 1;
        BinaryPrimitives.WriteUInt64LittleEndian(parameters[RsdpAt..], rsdp);
        BinaryPrimitives.WriteUInt32LittleEndian(parameters[InitrdAt..], (uint)initrd);
        BinaryPrimitives.WriteUInt32LittleEndian(parameters[InitrdSizeAt..], initrdBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(parameters[CommandLineAt..], (uint)BootLayout.CommandLine);
        IReadOnlyList<(ulong Base, ulong Size, uint Type)> entries = map.Entries();
        parameters[EntryCountAt] = (byte)entries.Count;
        for (int i = 0; i < entries.Count; i++)
        {
            Span<byte> entry = parameters[(EntriesAt + (i * EntryBytes))..];
            BinaryPrimitives.WriteUInt64LittleEndian(entry, entries[i].Base);
            BinaryPrimitives.WriteUInt64LittleEndian(entry[8..], entries[i].Size);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[16..], entries[i].Type);
        }
    }
}

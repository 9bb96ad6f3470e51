using Dilaton.Core;
using Dilaton.Guest;

namespace Dilaton.Cli;

/// <summary>Reads and checks `memory.windows`, and places those without a base.</summary>
internal static class WindowsReader
{
    public const int CountMax = 64;

    private const ulong AlignmentBytes = 1UL << 20;
    private const ulong SizeBytesMax = 1UL << 30;
    private const ulong EndMax = 1UL << 44;

    public static List<WindowJob> Read(MapReader memory, MemoryJob job, DiagnosticBag bag)
    {
        List<WindowJob> windows = [];
        ulong end = Align(MemoryEnd(job));
        foreach ((JobNode item, string path) in memory.Items("windows"))
        {
            MapReader map = MapReader.Open(item, item, path, bag);
            WindowJob window = ReadOne(map, job);
            window = window with { Base = window.Base ?? new PhysicalAddress(end) };
            CheckPlace(map, window, windows, MemoryEnd(job));
            windows.Add(window);
            end = Math.Max(end, Align(EndOf(window)));
            map.Done();
        }

        if (windows.Count > CountMax)
        {
            memory.Error(
                DiagnosticCode.OutOfRange, "windows", $"{windows.Count} windows, at most {CountMax}");
        }

        return windows;
    }

    /// <summary>Windows are seen.</summary>
    public static void CheckUse(JobNode root, Job job, DiagnosticBag bag)
    {
        JobNode at = (root as JobMap)?.Find("nodes")?.Value ?? root;
        bool any = false;
        for (int i = 0; i < job.Nodes.Count; i++)
        {
            any |= job.Nodes[i].Memory.Windows.Count > 0;
        }

        if (any && job.Events.Level == MemoryEventLevel.Off)
        {
            bag.Error(
                DiagnosticCode.Inconsistent,
                at,
                "memory.windows: with events.level off nobody sees an access to a window",
                "set events.level to window, filtered or full");
        }
        else if (!any && job.Events.Level == MemoryEventLevel.Window)
        {
            bag.Error(
                DiagnosticCode.Inconsistent,
                at,
                "events.level: 'window' sees windows only, and no node has one",
                "describe them in memory.windows, or set events.level to off");
        }
    }

    private static WindowJob ReadOne(MapReader map, MemoryJob job)
    {
        foreach (string required in new[] { "name", "size" })
        {
            if (!map.Has(required))
            {
                map.Missing(required);
            }
        }

        WindowJob window = new()
        {
            Name = map.Name("name", "window", "_-"),
            Size = map.Value<ByteSize>("size", new ByteSize(GuestPage.SizeBytes), ByteSize.TryParse),
            Peer = map.OptionalText("peer"),
            Kind = map.Word(
                "kind", map.Has("peer") && !map.IsNull("peer") ? WindowKind.Device : WindowKind.Memory,
                JobChoices.WindowKind),
            Base = map.Optional<PhysicalAddress>("base", null, PhysicalAddress.TryParse),
        };
        if (window.Size.Bytes is < GuestPage.SizeBytes or > SizeBytesMax
            || window.Size.Bytes % GuestPage.SizeBytes != 0)
        {
            map.Error(
                DiagnosticCode.OutOfRange,
                "size",
                $"{window.Size} is out of range (4KiB to 1GiB, whole pages of 4KiB)");
        }

        window = ReadMemory(map, window, job);
        if (WindowDevice.IsTaken(window.Name))
        {
            map.Error(
                DiagnosticCode.BadName, "name", $"/dev/{window.Name} is another device already");
        }

        return window;
    }

    /// <summary>What times a window without a peer.</summary>
    private static WindowJob ReadMemory(MapReader map, WindowJob window, MemoryJob job)
    {
        if (window.Peer is { } peer)
        {
            foreach (string key in new[] { "dram", "link" })
            {
                if (map.Has(key) && !map.IsNull(key))
                {
                    map.Error(
                        DiagnosticCode.Inconsistent, key,
                        $"the peer '{peer}' times the accesses", $"leave out {key} or peer");
                }

                map.Take(key);
            }

            return window;
        }

        if (window.Kind == WindowKind.Device)
        {
            map.Error(
                DiagnosticCode.Inconsistent, "kind",
                "a device needs a peer that has its data", "name a peer, or set kind to memory");
        }

        DramJob dram = DramReader.Read(
            map.Section("dram"), new DramJob(), job.Caches.LineSize);
        NumaReader.RequireVirtual(map, dram);
        return window with { Dram = dram, Link = NumaReader.ReadLink(map) };
    }

    private static void CheckPlace(
        MapReader map, WindowJob window, List<WindowJob> before, ulong memoryEnd)
    {
        ulong start = window.Base!.Value.Value;
        if (start % GuestPage.SizeBytes != 0 || start < memoryEnd || start > EndMax
            || EndOf(window) > EndMax)
        {
            map.Error(
                DiagnosticCode.OutOfRange,
                "base",
                $"{window.Base} is out of range (whole pages of 4KiB from 0x{memoryEnd:x}, where the "
                    + $"memory ends, to 0x{EndMax:x})");
        }

        foreach (WindowJob other in before)
        {
            if (other.Name == window.Name)
            {
                map.Error(
                    DiagnosticCode.Inconsistent,
                    "name",
                    $"'{window.Name}' is the name of another window already");
            }

            if (start < EndOf(other) && other.Base!.Value.Value < EndOf(window))
            {
                map.Error(
                    DiagnosticCode.Inconsistent,
                    "base",
                    $"window '{window.Name}' at {window.Base} overlaps window '{other.Name}' at "
                        + $"{other.Base}");
            }
        }
    }

    /// <summary>Where physical addresses of the memory end.</summary>
    private static ulong MemoryEnd(MemoryJob job) => job.Addressing == Addressing.Identity
        ? Math.Max(job.Size.Bytes, GuestLayout.WindowSizeBytes)
        : job.Size.Bytes;

    private static ulong EndOf(WindowJob window) =>
        window.Base!.Value.Value + Math.Min(window.Size.Bytes, EndMax);

    private static ulong Align(ulong address) =>
        (address + AlignmentBytes - 1) & ~(AlignmentBytes - 1);
}

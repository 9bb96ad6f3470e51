using Dilaton.Core;
using Dilaton.Machine;
using Dilaton.Models.Disk;

namespace Dilaton.Cli;

/// <summary>Reads guest.system.</summary>
internal static class SystemReader
{
    /// <summary>Besides entropy and console.</summary>
    public const int DisksMax = VirtioBus.DevicesMax - 2;

    /// <summary>In bits a second.</summary>
    private const ulong BandwidthMin = 8_000;

    private const ulong BandwidthMax = 800_000_000_000_000;

    private const ulong SpeedDenominatorMax = 1000;

    private static readonly string[] s_ofPrograms = ["program", "files"];

    /// <returns>Null: the guest is a program.</returns>
    public static SystemJob? Read(MapReader guest)
    {
        if (!guest.Has("system") || guest.IsNull("system"))
        {
            guest.Take("system");
            return null;
        }

        MapReader map = guest.Section("system");
        SystemJob system = new()
        {
            Kernel = map.RequiredText("kernel"),
            Initrd = map.OptionalText("initrd"),
            Append = map.Text("append", ""),
            Console = map.Word("console", OutputChoice.Auto, JobChoices.Output),
            Tap = map.OptionalText("tap"),
            Speeds = ReadSpeeds(map),
            Interrupts = map.Word("interrupts", InterruptChoice.Kernel, JobChoices.Interrupts),
            Disks = ReadDisks(map),
        };
        if (map.Has("kernel") && system.Kernel.Length == 0)
        {
            map.Error(DiagnosticCode.EmptyValue, "kernel", "no kernel is named");
        }

        bool nul = $"{system.Kernel}{system.Initrd}{system.Append}{system.Tap}"
            .Contains('\0', StringComparison.Ordinal);
        if (nul)
        {
            map.Error(DiagnosticCode.BadName, "kernel", "no text of a system may hold a NUL");
        }

        foreach (string key in s_ofPrograms.Where(guest.Has))
        {
            guest.Error(
                DiagnosticCode.Inconsistent,
                key,
                "a guest is a program or a system, and this one has guest.system",
                "leave one of them out");
        }

        map.Done();
        return system;
    }

    private static IReadOnlyList<Ratio> ReadSpeeds(MapReader system)
    {
        List<Ratio> speeds = [];
        foreach (string text in system.TextList("speeds") ?? [])
        {
            if (!RatioText.TryParse(text, out Ratio speed, out string? why))
            {
                system.Error(DiagnosticCode.BadQuantity, "speeds", $"'{text}': {why}");
                continue;
            }

            if (speed.Numerator == 0 || speed.Numerator > speed.Denominator
                || speed.Denominator > SpeedDenominatorMax)
            {
                system.Error(
                    DiagnosticCode.OutOfRange, "speeds", $"{text} is out of range (1/{SpeedDenominatorMax} to 1)");
            }

            speeds.Add(speed);
        }

        if (speeds.Count > 0 && !speeds.Contains(Ratio.One))
        {
            system.Error(DiagnosticCode.OutOfRange, "speeds", "they are of the fastest core, and no core has 1");
        }

        IReadOnlyList<Ratio> none = [];
        return speeds.Count == 0 ? none : speeds;
    }

    private static IReadOnlyList<DiskJob> ReadDisks(MapReader system)
    {
        List<DiskJob> disks = [];
        foreach (MapReader map in system.Maps("disks"))
        {
            disks.Add(ReadDisk(map));
            map.Done();
        }

        if (disks.Count > DisksMax)
        {
            system.Error(
                DiagnosticCode.OutOfRange, "disks", $"{disks.Count} disks, and the machine has room for {DisksMax}");
        }

        // Jobs without disks are equal.
        IReadOnlyList<DiskJob> none = [];
        return disks.Count == 0 ? none : disks;
    }

    private static DiskJob ReadDisk(MapReader map)
    {
        DiskJob standard = new() { Image = "" };
        DiskJob disk = new()
        {
            Image = map.RequiredText("image"),
            Access = map.Word("access", standard.Access, JobChoices.DiskAccess),
            Latency = map.Optional<VirtualDuration>("latency", null, Quantity.TryParseDuration),
            Bandwidth = map.Optional<Bandwidth>("bandwidth", null, Bandwidth.TryParse),
            Depth = (int)map.Integer("depth", standard.Depth, 1, DiskOptions.DepthMax),
            Scale = map.Value("scale", standard.Scale, RatioText.TryParse),
            Rates = map.Word("rates", standard.Rates, JobChoices.Rates),
        };
        if (map.Has("image") && (disk.Image.Length == 0 || disk.Image.Contains('\0', StringComparison.Ordinal)))
        {
            map.Error(DiagnosticCode.EmptyValue, "image", "no image is named");
        }

        CheckSpeed(map, disk);
        return disk;
    }

    /// <summary>What any TDF then makes of it has room.</summary>
    private static void CheckSpeed(MapReader map, DiskJob disk)
    {
        if (DilationReader.MistakeOf(disk.Scale) is { } mistake)
        {
            map.Error(DiagnosticCode.OutOfRange, "scale", mistake);
            return;
        }

        UInt128 numerator = disk.Scale.Numerator, denominator = disk.Scale.Denominator;
        if (disk.Latency is { } latency
            && latency.Picoseconds * denominator > VirtualDuration.FromSeconds(3600).Picoseconds * numerator)
        {
            map.Error(DiagnosticCode.OutOfRange, "latency", $"{latency} / scale is out of range (0s to 1h)");
        }

        if (disk.Bandwidth is { } bandwidth
            && (bandwidth.BitsPerSecond * numerator < BandwidthMin * denominator
                || bandwidth.BitsPerSecond * numerator > BandwidthMax * denominator))
        {
            map.Error(
                DiagnosticCode.OutOfRange, "bandwidth", $"{bandwidth} x scale is out of range (1kB/s to 100TB/s)");
        }
    }
}

using System.Globalization;
using Dilaton.Core;

namespace Dilaton.Models.Memory;

/// <summary>What `dilaton models` says of memory with banks; defaults are the first preset's.</summary>
internal static class BankedDramCatalogue
{
    private static readonly string s_presets =
        string.Join(" | ", DramPresets.All.Select(preset => preset.Name));

    public static ModelDescription Describe()
    {
        BankedDramOptions options = DramPresets.All[0].Options;
        List<ModelParameter> parameters =
        [
            new("kind", "", DramPresets.All[0].Name, $"banks | {s_presets}",
                "of memory.dram; a preset's name gives its figures, banks those of the first"),
            Number("channels", options.Channels, BankedDramOptions.ChannelsMax, "channels"),
            Number("ranks", options.Ranks, BankedDramOptions.RanksMax, "ranks of a channel"),
            Number("groups", options.Groups, BankedDramOptions.BanksMax, "bank groups of a rank"),
            Number("perGroup", options.BanksPerGroup, BankedDramOptions.BanksMax,
                "banks of a bank group"),
            new("rowSize", "size", Quantity.FormatSize((ulong)options.RowSizeBytes),
                "a line to 1MiB, a power of two", "bytes of a row, all chips of a rank"),
            new("clock", "frequency", new Frequency(options.ClockHertz).ToString(),
                "10MHz..20GHz", "of commands; data come at twice this rate"),
            Number("width", options.WidthBits, 1024, "data wires of a channel"),
            Number("burst", options.BurstLength, 64, "transfers of one command; width x burst is a line"),
            Flag("rowBus", options.HasRowBus, "activates and precharges have wires of their own"),
            new("mapping", "", options.Mapping.Text, "each of Ro Ra Ba Bg Co Ch once, Ro first",
                "address bits, most significant first"),
            Flag("hash", options.BankHash, "bank and group are XORed with the lowest bits of the row"),
            new("page", "", ModelCatalogue.Word(options.Policy),
                string.Join(" | ", Enum.GetValues<PagePolicy>().Select(ModelCatalogue.Word)),
                "whether a row stays open after an access"),
            new("controller", "time", options.Controller.ToString(),
                $"0ps..{BankedDramOptions.ControllerMax}", "what the controller adds to every answer"),
            new("writeHigh", "", Text(options.WriteHigh),
                $"1..{BankedDramOptions.WriteQueueMax}", "writes that wait before some are written"),
            new("writeLow", "", Text(options.WriteLow), "0..writeHigh - 1",
                "writes that are left waiting then"),
        ];
        foreach ((string name, int clocks) in options.Timings.All)
        {
            parameters.Add(new($"timings.{name}", "clocks", Text(clocks),
                $"1..{DramTimings.ClocksMax}, without contradiction", $"JEDEC's t{name.ToUpperInvariant()}"));
        }

        return new ModelDescription(
            "banked-dram",
            "channels, ranks, bank groups, banks and rows; each access is promised its commands when it "
                + "comes, at the earliest clocks that the timings leave; row hits overtake; writes are "
                + "drained by marks; refresh on time",
            string.Join("; ", DramPresets.All.Select(preset => $"{preset.Name}: {preset.Source}"))
                + "; S. Rixner et al., Memory Access Scheduling (ISCA 2000) for first-ready, first-come",
            parameters,
            [
                "what was promised never moves: a hit that comes later doesn't hold off a precharge that "
                    + "an older access was promised, as a controller with a queue might",
                "refresh of all banks at once, neither postponed nor by temperature; no power-down",
                "one command a clock, also where a command takes two (DDR5)",
                "rates: physical is refused",
            ]);
    }

    private static ModelParameter Number(string name, int value, int max, string what) =>
        new(name, "", Text(value), $"1..{max}, a power of two", what);

    private static ModelParameter Flag(string name, bool value, string what) =>
        new(name, "", value ? "true" : "false", "true | false", what);

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}

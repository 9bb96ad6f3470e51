using System.ComponentModel;
using Dilaton.Core;

namespace Dilaton.Cli;

[Description("Ranks, banks and rows of a channel; left out: as the kind has it, here DDR4-3200.")]
internal sealed record DramBanksJob
{
    [Description("Ranks of a channel, a power of two up to 16.")]
    public int Ranks { get; init; } = 1;

    [Description("Bank groups of a rank, a power of two up to 64; 1: no groups.")]
    public int Groups { get; init; } = 4;

    [Description("Banks of a bank group, a power of two up to 64.")]
    public int PerGroup { get; init; } = 4;

    [Description("Bytes of a row, all chips of a rank together, a power of two up to 1MiB.")]
    public ByteSize RowSize { get; init; } = new(8UL << 10);

    [Description("Rate of commands, 10MHz to 20GHz; data come at twice this rate.")]
    public Frequency Clock { get; init; } = new(1_600_000_000);

    [Description("Data wires of a channel, a power of two.")]
    public int Width { get; init; } = 64;

    [Description("Transfers of one read or write; width x burst is one line.")]
    public int Burst { get; init; } = 8;

    [Description("Activates and precharges have wires of their own, as in HBM.")]
    public bool RowBus { get; init; }

    [Description("Which address bits say where a line lies, most significant first: each of Ro (row), Ra "
        + "(rank), Ba (bank), Bg (bank group), Co (column) and Ch (channel) once, Ro first.")]
    public string Mapping { get; init; } = "RoRaBaBgCoCh";

    [Description("Bank and bank group are XORed with the lowest bits of the row.")]
    public bool Hash { get; init; } = true;

    [Description("open: a row stays open until another one or a refresh needs it closed. closed: each "
        + "access opens and closes its row.")]
    public PageChoice Page { get; init; } = PageChoice.Open;

    [Description("What the controller adds to every access, both ways through it, up to 100us.")]
    public VirtualDuration Controller { get; init; } = VirtualDuration.FromNanoseconds(20);

    [Description("Writes that wait in a channel before some are written, 1 to 1024.")]
    public int WriteHigh { get; init; } = 54;

    [Description("Writes that are left waiting then, below writeHigh.")]
    public int WriteLow { get; init; } = 32;

    [Description("What commands keep apart.")]
    public DramTimingsJob Timings { get; init; } = new();
}

using System.ComponentModel;

namespace Dilaton.Cli;

[Description("What commands keep apart, in whole clocks, named as JEDEC does without the t; left out: as "
    + "the kind has it, here DDR4-3200.")]
internal sealed record DramTimingsJob
{
    [Description("Read command to its first data.")]
    public int Cl { get; init; } = 22;

    [Description("Write command to its first data.")]
    public int Cwl { get; init; } = 16;

    [Description("Activate to a read or write of its bank.")]
    public int Rcd { get; init; } = 22;

    [Description("Precharge to the next activate of its bank.")]
    public int Rp { get; init; } = 22;

    [Description("Activate to precharge of its bank.")]
    public int Ras { get; init; } = 52;

    [Description("Activate to the next activate of its bank: ras + rp.")]
    public int Rc { get; init; } = 74;

    [Description("Read to read and write to write, in different bank groups.")]
    public int CcdS { get; init; } = 4;

    [Description("Read to read in one bank group.")]
    public int CcdL { get; init; } = 8;

    [Description("Write to write in one bank group.")]
    public int CcdLWr { get; init; } = 8;

    [Description("Activate to activate, in different bank groups.")]
    public int RrdS { get; init; } = 4;

    [Description("Activate to activate in one bank group.")]
    public int RrdL { get; init; } = 8;

    [Description("No more than four activates of a rank begin within this.")]
    public int Faw { get; init; } = 34;

    [Description("End of the data of a write to precharge of its bank.")]
    public int Wr { get; init; } = 24;

    [Description("End of the data of a write to a read in another bank group.")]
    public int WtrS { get; init; } = 4;

    [Description("End of the data of a write to a read in the same bank group.")]
    public int WtrL { get; init; } = 12;

    [Description("Read to precharge of its bank.")]
    public int Rtp { get; init; } = 12;

    [Description("Read to write of a rank.")]
    public int Rtw { get; init; } = 12;

    [Description("Data of one rank to data of another one.")]
    public int Cs { get; init; } = 2;

    [Description("Refresh to refresh of a rank.")]
    public int Refi { get; init; } = 12_480;

    [Description("Refresh to the next activate of the rank.")]
    public int Rfc { get; init; } = 560;
}

using System.Xml.Linq;
using Dilaton.Cli;

namespace Dilaton.Tests.Unit;

/// <summary>Libraries of our own making, in the shape in which `sst-info -x` describes one.
/// </summary>
internal static class SstSamples
{
    public const string Xml = """
        <?xml version="1.0" ?>
        <!--made for tests-->
        <SSTInfoXML>
            <FileInfo SSTInfoVersion="16" FileFormat="1.0" FilesProcessed="2" SearchPath="/a:/b" />
            <Element Index="0" Name="mem" Description="">
                <!--Num Components = 1-->
                <Component Index="0" Name="Cache" Description="A cache" Checkpointable="0">
                    <Parameter Index="0" Name="size" Description="Its size" Default="none" />
                    <Parameter Index="1" Name="ways" Description="Its ways" Default="4" />
                    <Parameter Index="2" Name="bank.count" Description="Banks" Default="1" />
                    <Parameter Index="3" Name="mapper" Description="A module" Default="mem.flat" />
                    <Parameter Index="4" Name="peer%(n)d" Description="A peer" Default="" />
                    <Port Index="0" Name="up" Description="To the core" />
                    <Port Index="1" Name="down%(n)d" Description="To memory" />
                    <SubComponentSlot Index="0" Name="prefetcher" Description="Fetches ahead"
                        Interface="Mem::Listener" />
                    <Statistic Index="0" Name="hits" Description="Hits" Units="events"
                        EnableLevel="1" />
                </Component>
                <SubComponent Index="0" Name="Ahead" Description="Next&#10;line" Alias="Old"
                    Interface="Mem::Listener" Checkpointable="0">
                    <Parameter Index="0" Name="depth" Description="How far" Default="2" />
                </SubComponent>
                <Module Index="0" Name="flat" Description="Maps" Checkpointable="0">
                    <Parameter Index="0" Name="grain" Description="Its grain" Default="64B" />
                </Module>
            </Element>
            <Element Index="1" Name="Solo" Description="">
                <Component Index="0" Name="Solo" Description="Alone" Checkpointable="0" />
            </Element>
        </SSTInfoXML>
        """;

    public static SstCatalogue Catalogue() =>
        new(SstInfoXml.Libraries(XDocument.Parse(Xml)));
}

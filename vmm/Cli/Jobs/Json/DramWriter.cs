using System.Text.Json;

namespace Dilaton.Cli;

/// <summary>Writes `memory.dram` of a resolved job.</summary>
internal static class DramWriter
{
    public static void Write(Utf8JsonWriter json, DramJob dram)
    {
        json.WriteStartObject("dram");
        json.WriteString("kind", JobChoices.DramKind.WordOf(dram.Kind));
        json.WriteString("latency", dram.Latency.ToString());
        json.WriteString("bandwidth", dram.Bandwidth.ToString());
        json.WriteString("rates", JobChoices.Rates.WordOf(dram.Rates));
        json.WriteNumber("channels", dram.Channels);
        if (dram.Banks is { } banks)
        {
            WriteBanks(json, banks);
        }
        else
        {
            json.WriteNull("banks");
        }

        json.WriteEndObject();
    }

    private static void WriteBanks(Utf8JsonWriter json, DramBanksJob banks)
    {
        json.WriteStartObject("banks");
        json.WriteNumber("ranks", banks.Ranks);
        json.WriteNumber("groups", banks.Groups);
        json.WriteNumber("perGroup", banks.PerGroup);
        json.WriteString("rowSize", banks.RowSize.ToString());
        json.WriteString("clock", banks.Clock.ToString());
        json.WriteNumber("width", banks.Width);
        json.WriteNumber("burst", banks.Burst);
        json.WriteBoolean("rowBus", banks.RowBus);
        json.WriteString("mapping", banks.Mapping);
        json.WriteBoolean("hash", banks.Hash);
        json.WriteString("page", JobChoices.Page.WordOf(banks.Page));
        json.WriteString("controller", banks.Controller.ToString());
        json.WriteNumber("writeHigh", banks.WriteHigh);
        json.WriteNumber("writeLow", banks.WriteLow);
        DramTimingsJob timings = banks.Timings;
        json.WriteStartObject("timings");
        json.WriteNumber("cl", timings.Cl);
        json.WriteNumber("cwl", timings.Cwl);
        json.WriteNumber("rcd", timings.Rcd);
        json.WriteNumber("rp", timings.Rp);
        json.WriteNumber("ras", timings.Ras);
        json.WriteNumber("rc", timings.Rc);
        json.WriteNumber("ccdS", timings.CcdS);
        json.WriteNumber("ccdL", timings.CcdL);
        json.WriteNumber("ccdLWr", timings.CcdLWr);
        json.WriteNumber("rrdS", timings.RrdS);
        json.WriteNumber("rrdL", timings.RrdL);
        json.WriteNumber("faw", timings.Faw);
        json.WriteNumber("wr", timings.Wr);
        json.WriteNumber("wtrS", timings.WtrS);
        json.WriteNumber("wtrL", timings.WtrL);
        json.WriteNumber("rtp", timings.Rtp);
        json.WriteNumber("rtw", timings.Rtw);
        json.WriteNumber("cs", timings.Cs);
        json.WriteNumber("refi", timings.Refi);
        json.WriteNumber("rfc", timings.Rfc);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}

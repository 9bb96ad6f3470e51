using System.Text.Json;
using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>Writes a system guest as JSON by hand, for <see cref="JobWriter"/>: it has no program.
/// </summary>
internal static class SystemWriter
{
    public static void Write(Utf8JsonWriter json, SystemJob system)
    {
        json.WriteStartObject("guest");
        json.WriteStartObject("system");
        json.WriteString("kernel", system.Kernel);
        json.WriteString("initrd", system.Initrd);
        json.WriteString("append", system.Append);
        json.WriteString("console", JobChoices.Output.WordOf(system.Console));
        json.WriteString("tap", system.Tap);
        json.WriteStartArray("speeds");
        foreach (Ratio speed in system.Speeds)
        {
            json.WriteStringValue(RatioText.Format(speed));
        }

        json.WriteEndArray();
        json.WriteString("interrupts", JobChoices.Interrupts.WordOf(system.Interrupts));
        json.WriteStartArray("disks");
        foreach (DiskJob disk in system.Disks)
        {
            json.WriteStartObject();
            json.WriteString("image", disk.Image);
            json.WriteString("access", JobChoices.DiskAccess.WordOf(disk.Access));
            json.WriteString("latency", disk.Latency?.ToString());
            json.WriteString("bandwidth", disk.Bandwidth?.ToString());
            json.WriteNumber("depth", disk.Depth);
            json.WriteString("scale", RatioText.Format(disk.Scale));
            json.WriteString("rates", JobChoices.Rates.WordOf(disk.Rates));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }
}

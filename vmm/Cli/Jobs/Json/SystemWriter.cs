using System.Text.Json;

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
        json.WriteEndObject();
        json.WriteEndObject();
    }
}

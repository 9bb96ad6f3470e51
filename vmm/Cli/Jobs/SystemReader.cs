namespace Dilaton.Cli;

/// <summary>Reads guest.system.</summary>
internal static class SystemReader
{
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
        };
        if (map.Has("kernel") && system.Kernel.Length == 0)
        {
            map.Error(DiagnosticCode.EmptyValue, "kernel", "no kernel is named");
        }

        bool nul = $"{system.Kernel}{system.Initrd}{system.Append}".Contains('\0', StringComparison.Ordinal);
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
}

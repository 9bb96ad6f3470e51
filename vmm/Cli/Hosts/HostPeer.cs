namespace Dilaton.Cli;

/// <summary>A peer that is to be started on another host.</summary>
/// <param name="LogPath">Where its output goes.</param>
/// <param name="Environment">What differs from its host's; null removes a variable.</param>
internal sealed record HostPeer(
    string LogPath, IReadOnlyList<string> Command, IReadOnlyDictionary<string, string?> Environment)
{
    /// <summary>Texts with zeros between: neither an argument nor a variable can hold one.</summary>
    public string ToText() => string.Join(
        '\0',
        [
            LogPath,
            $"{Command.Count}",
            .. Command,
            .. Environment.Select(
                pair => pair.Value is null ? pair.Key : $"{pair.Key}={pair.Value}"),
        ]);

    public static HostPeer Parse(string text)
    {
        string[] parts = text.Split('\0');
        int count = int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture);
        Dictionary<string, string?> environment = [];
        foreach (string pair in parts[(2 + count)..])
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            environment[equals < 0 ? pair : pair[..equals]] = equals < 0 ? null : pair[(equals + 1)..];
        }

        return new HostPeer(parts[0], parts[2..(2 + count)], environment);
    }
}

namespace Dilaton.Core;

/// <summary>An operator's mistake, found before anything starts.</summary>
public sealed class ConfigException(string key, string why) : Exception($"{key}: {why}")
{
    /// <summary>Path of the offending key in the job, such as <c>nodes[0].cores.frequency</c>.</summary>
    public string Key { get; } = key;

    public string Why { get; } = why;
}

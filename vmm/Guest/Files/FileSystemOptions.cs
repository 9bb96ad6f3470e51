using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>A node's files: what it may see of the host, and what the emulated machine tells about
/// itself.</summary>
public sealed record FileSystemOptions
{
    /// <summary>Inner grants cover outer ones. Without a grant for <c>/</c> the root is an empty
    /// folder that holds the others.</summary>
    public required IReadOnlyList<FileGrant> Grants { get; init; }

    /// <summary>Guest path in which the program starts.</summary>
    public required string WorkingDirectory { get; init; }

    public required MachineDescription Machine { get; init; }

    public required TerminalOptions Terminal { get; init; }

    /// <summary>The guest's <c>/tmp</c> lies in memory and is empty at the start; a grant for it has
    /// precedence. Else it is what the grants show there.</summary>
    public required bool HasInMemoryTmp { get; init; }

    /// <summary>The node's windows, which are devices in <c>/dev</c>.</summary>
    public IReadOnlyList<WindowDevice> Windows { get; init; } = [];

    /// <exception cref="ConfigException">Something in it is impossible.</exception>
    public void Validate(string key)
    {
        foreach ((FileGrant grant, int index) in Grants.Select((grant, index) => (grant, index)))
        {
            string at = $"{key}.grants[{index}]";
            if (!Path.IsPathRooted(grant.HostPath) || !Directory.Exists(grant.HostPath))
            {
                throw new ConfigException(at, $"host folder '{grant.HostPath}' does not exist");
            }

            if (!grant.GuestPath.StartsWith('/'))
            {
                throw new ConfigException(at, $"guest path '{grant.GuestPath}' is not absolute");
            }
        }

        if (!WorkingDirectory.StartsWith('/'))
        {
            throw new ConfigException(
                $"{key}.workingDirectory", $"'{WorkingDirectory}' is not an absolute guest path");
        }

        Machine.Validate($"{key}.machine");
    }
}

namespace Dilaton.Cli;

/// <summary>Decides which nodes share a worker, and refuses those that can't.</summary>
internal sealed class IsolationChoice(JobMap root, DiagnosticBag bag)
{
    /// <summary>Up to so many nodes `auto` gives each a worker of its own.</summary>
    public const int ProcessesMax = 16;

    // By guest path and what the guest sees there.
    private readonly Dictionary<string, bool> _isPositionIndependent = new(StringComparer.Ordinal);

    /// <param name="paths">Key path of each node in the job as given.</param>
    public IReadOnlyList<NodeJob> Resolve(
        IReadOnlyList<NodeJob> nodes, IReadOnlyList<string> paths)
    {
        for (int i = 0; i < nodes.Count; i++)
        {
            if (nodes[i].Isolation == Isolation.Shared && WhyNot(nodes[i], paths[i]) is { } why)
            {
                bag.Error(
                    DiagnosticCode.Inconsistent,
                    NetworkChecks.Find(root, $"{paths[i]}.isolation"),
                    $"{paths[i]}.isolation: node '{nodes[i].Name}' can't share a worker: {why}",
                    "leave isolation out, or give the node isolation: process");
                return nodes;
            }
        }

        bool wantsShared = nodes.Count > ProcessesMax
            && nodes.Any(node => node.Isolation == Isolation.Auto)
            && nodes.Select((node, i) => WhyNot(node, paths[i])).All(why => why is null);
        Isolation standard = wantsShared ? Isolation.Shared : Isolation.Process;
        return
        [
            .. nodes.Select(node => node.Isolation == Isolation.Auto
                ? node with { Isolation = standard }
                : node),
        ];
    }

    /// <returns>Null if the node may share a worker.</returns>
    private string? WhyNot(NodeJob node, string path)
    {
        if (PeersReader.Named(node.Memory).Any())
        {
            return $"{path}.memory has a peer, which serves one worker";
        }

        if (node.Engine == EngineChoice.Kvm)
        {
            return "engine: kvm makes a virtual machine for a process, and has one node in it";
        }

        string program = node.Guest.Program.Path;
        return IsPositionIndependent(program, node.Guest.Files)
            ? null
            : $"{program} is not position-independent (link it with -pie or -static-pie)";
    }

    private bool IsPositionIndependent(string program, IReadOnlyList<GrantJob> grants)
    {
        if (new GrantMap(grants).ToHost(program) is not { } path)
        {
            return false;
        }

        if (!_isPositionIndependent.TryGetValue(path, out bool known))
        {
            known = Read(path);
            _isPositionIndependent.Add(path, known);
        }

        return known;
    }

    /// <summary>Looks at the type in the ELF header: ET_DYN, as static-pie programs have too.
    /// </summary>
    private static bool Read(string path)
    {
        const int TypeOffset = 16;
        const int TypeShared = 3;
        Span<byte> header = stackalloc byte[TypeOffset + 2];
        try
        {
            using FileStream file = File.OpenRead(path);
            return file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false)
                    == header.Length
                && header.StartsWith("\u007fELF"u8)
                && header[TypeOffset] == TypeShared && header[TypeOffset + 1] == 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}

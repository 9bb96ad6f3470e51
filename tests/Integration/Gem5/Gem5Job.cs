namespace Dilaton.Tests.Integration.Gem5;

/// <summary>Runs jobs whose memory gem5 times.</summary>
internal static class Gem5Job
{
    public static string Example(string name) =>
        Path.Combine(Paths.Root, "docs", "examples", "gem5", name);

    /// <summary>A configuration script of these tests.</summary>
    public static string Config(string name) =>
        Path.Combine(Paths.Root, "tests", "Integration", "Gem5", name);

    /// <summary>An example as it stands, from the folder of the sources.</summary>
    public static Run RunExample(string name, params string[] options) => Run.Job(
        File.ReadAllText(Example(name + ".yaml"))
            .Replace($"docs/examples/gem5/{name}.py", Example(name + ".py"),
                StringComparison.Ordinal),
        options);

    /// <summary>A job with one peer.</summary>
    /// <param name="memory">Keys of nodes[].memory, on one line.</param>
    /// <param name="peer">Further keys of the peer.</param>
    public static string Text(
        string config, string memory, int cores, string program, string arguments, string peer = "")
    {
        string further = peer.Length == 0 ? "" : ", " + peer;
        return $$$"""
            apiVersion: dilaton/v1
            nodes:
              - cores: {count: {{{cores}}}}
                memory: {size: 1GiB, peer: memory, {{{memory}}}}
                guest:
                  program: {path: {{{program}}}, args: [{{{arguments}}}], env: {LANG: C}}
            peers:
              - {name: memory, kind: gem5, config: {{{config}}}, minLatency: 500ps{{{further}}}}
            """;
    }

    /// <summary>A program that stands for gem5.opt.</summary>
    public static string Wrapper(TempFolder folder, string script)
    {
        string path = folder.Write("gem5-wrapper", "#!/bin/sh\n" + script + "\n");
        Command.Run("chmod", ["+x", path]);
        return path;
    }
}

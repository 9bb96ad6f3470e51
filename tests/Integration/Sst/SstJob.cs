using System.Globalization;

namespace Dilaton.Tests.Integration.Sst;

/// <summary>Runs jobs whose memory SST times.</summary>
internal static class SstJob
{
    public const string Statistics = "peers/memory/statistics.csv";

    public static string Example(string name) =>
        Path.Combine(Paths.Root, "docs", "examples", "sst", name);

    /// <summary>An example as it stands, from the folder of the sources.</summary>
    public static Run RunExample(string name)
    {
        string path = Example(name + ".py");
        return Run.Job(
            File.ReadAllText(Example(name + ".yaml"))
                .Replace($"docs/examples/sst/{name}.py", path, StringComparison.Ordinal));
    }

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
              - {name: memory, kind: sst, config: {{{config}}}{{{further}}}}
            """;
    }

    /// <summary>A wrapper of sst in a shell, in which `exec` keeps the process that is known.
    /// </summary>
    public static string Wrapper(TempFolder folder, string script)
    {
        string path = folder.Write("sst-wrapper", "#!/bin/sh\n" + script + "\n");
        Command.Run("chmod", ["+x", path]);
        return path;
    }

    public static ulong Sum(Run run, string component, string statistic) =>
        Sum(run.Files[Statistics], component, statistic);

    /// <summary>The sum of a statistic over all sub-identifiers, in what SST wrote.</summary>
    public static ulong Sum(string statistics, string component, string statistic)
    {
        ulong sum = 0;
        bool found = false;
        foreach (string line in statistics.Split('\n'))
        {
            string[] cells = line.Split(',');
            if (cells.Length > 6 && cells[0] == component && cells[1] == statistic)
            {
                found = true;
                sum += ulong.Parse(cells[6], CultureInfo.InvariantCulture);
            }
        }

        return found ? sum : throw new InvalidDataException($"no {component}.{statistic}");
    }
}

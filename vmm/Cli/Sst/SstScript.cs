namespace Dilaton.Cli;

/// <summary>The graph that an SST configuration stands for: that of a JSON file itself, or what a
/// script builds. SST writes it before it looks for any element.</summary>
internal static class SstScript
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    /// <param name="place">What messages begin with, such as the peer.</param>
    /// <returns>Null if there is none, which was reported.</returns>
    public static SstGraph? Read(
        SstTools tools,
        SstCatalogue catalogue,
        string config,
        IReadOnlyList<string> arguments,
        string place,
        DiagnosticBag bag)
    {
        string? text = Path.GetExtension(config) == ".json"
            ? File.ReadAllText(config)
            : Build(tools, catalogue, config, arguments, place, bag);
        if (text is null)
        {
            return null;
        }

        SstGraph? graph = SstGraph.Parse(text, out string why);
        if (graph is null)
        {
            bag.Error(DiagnosticCode.SstConfiguration, $"{place}{config} is no graph: {why}");
        }

        return graph;
    }

    private static string? Build(
        SstTools tools,
        SstCatalogue catalogue,
        string config,
        IReadOnlyList<string> arguments,
        string place,
        DiagnosticBag bag)
    {
        string folder = Directory.CreateTempSubdirectory("dilaton-sst-").FullName;
        try
        {
            string graph = Path.Combine(folder, "graph.json");
            ToolOutput output = ToolRun.Of(
                tools.Sst,
                [
                    "--run-mode=init", $"--output-json={graph}", $"--output-directory={folder}",
                    $"--add-lib-path={Bridges.SstFolder}", config, "--", .. arguments,
                ],
                PeerCommand.EnvironmentToRead(),
                s_limit);
            if (File.Exists(graph))
            {
                return File.ReadAllText(graph);
            }

            if (output.TookTooLong)
            {
                bag.Error(
                    DiagnosticCode.SstConfiguration,
                    $"{place}{config} built no graph within {s_limit.TotalSeconds} s");
                return null;
            }

            SstFailure.Report(output.Text, config, catalogue, place, bag);
            return null;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}

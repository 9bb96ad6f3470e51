using System.ComponentModel;

namespace Dilaton.Cli;

[Description("What is run.")]
internal sealed record ProgramJob
{
    [Description("The program: a path as the guest sees it, from its working folder, or a name "
        + "that PATH finds.")]
    public required string Path { get; init; }

    [Description("The name by which it is called, argv[0]; null: the path as written.")]
    public string? Arg0 { get; init; }

    [Description("Its arguments, without its own name.")]
    public IReadOnlyList<string> Args { get; init; } = [];

    [Description("Its environment; nothing is taken over from the host. Left out: PATH, HOME, "
        + "LANG=C.UTF-8.")]
    public IReadOnlyDictionary<string, string> Env { get; init; } = DefaultEnvironment;

    [Description("Its working folder. Left out: that of dilaton.")]
    public string Cwd { get; init; } = ".";

    [Description("inherit: dilaton's own; none: empty; auto: inherit in a job of one node, else "
        + "none; anything else is the path of a file.")]
    public string Stdin { get; init; } = "auto";

    [Description("inherit: to dilaton's own; file: procs/NODE/stdout.txt of the result folder; "
        + "none: nowhere; auto: inherit in a job of one node, else file.")]
    public OutputChoice Stdout { get; init; }

    [Description("As stdout; the file is procs/NODE/stderr.txt.")]
    public OutputChoice Stderr { get; init; }

    public static IReadOnlyDictionary<string, string> DefaultEnvironment { get; } =
        new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["HOME"] = "/",
            ["LANG"] = "C.UTF-8",
            ["PATH"] = "/usr/local/bin:/usr/bin:/bin",
        };
}

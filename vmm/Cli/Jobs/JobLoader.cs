namespace Dilaton.Cli;

/// <summary>Brings files, options and overrides together into one job.</summary>
internal sealed class JobLoader(DiagnosticBag bag)
{
    /// <summary>The tree that the job was bound from, or null.</summary>
    public JobMap? Root { get; private set; }

    /// <summary>The job as given: the file's text, or what `run` stands for.</summary>
    public string GivenText { get; private set; } = "";

    public Job? FromFile(string path, CommandLineText arguments) =>
        FromText(ReadFile(path), arguments);

    /// <param name="source">Null if it could not be read, which was reported.</param>
    public Job? FromText(SourceText? source, CommandLineText arguments)
    {
        if (source is null || YamlReader.Read(source, bag) is not { } node)
        {
            return null;
        }

        GivenText = source.Text;
        return node is JobMap map ? Finish(map, arguments) : BindOther(node);
    }

    /// <summary>The tree of a job that is swept, changed as the arguments say.</summary>
    /// <param name="source">Null if it could not be read, which was reported.</param>
    public JobMap? TreeFromText(SourceText? source, CommandLineText arguments)
    {
        if (source is null || YamlReader.Read(source, bag) is not { } node)
        {
            return null;
        }

        GivenText = source.Text;
        if (node is not JobMap map)
        {
            BindOther(node);
            return null;
        }

        arguments.Apply(map, bag);
        SweepBinding.Apply(map, arguments.Paths);
        return map;
    }

    /// <summary>The job that `dilaton run` stands for.</summary>
    public Job? FromProgram(
        string? machinePath,
        JobScalar path,
        IReadOnlyList<string> words,
        CommandLineText arguments)
    {
        JobMap root = Tree(path, ("program", ProgramTree(path, words)));
        return FromTree(machinePath, root, arguments);
    }

    /// <summary>The job that `dilaton run --kernel` stands for.</summary>
    /// <param name="kernel">Its file.</param>
    public Job? FromKernel(string? machinePath, JobScalar kernel, CommandLineText arguments)
    {
        JobMap system = Map(kernel);
        system.Set(Literal(kernel, "kernel"), kernel);
        return FromTree(machinePath, Tree(kernel, ("system", system)), arguments);
    }

    private Job? FromTree(string? machinePath, JobMap root, CommandLineText arguments)
    {
        if (machinePath is not null)
        {
            SourceText? source = ReadFile(machinePath);
            if (source is not null && YamlReader.Read(source, bag) is { } machine)
            {
                MachineFile.Merge(machine, root, bag);
            }
        }

        Job? job = Finish(root, arguments);
        GivenText = JobEmitter.Emit(root);
        return job;
    }

    private Job? Finish(JobMap root, CommandLineText arguments)
    {
        Root = root;
        arguments.Apply(root, bag);
        SweepBinding.Apply(root, arguments.Paths);
        SweepBinding.DropIfBound(root);
        Job job = new JobBinder(bag).Bind(root);
        return bag.HasErrors ? null : job;
    }

    private Job? BindOther(JobNode node)
    {
        new JobBinder(bag).Bind(node);
        return null;
    }

    private static JobMap ProgramTree(JobScalar path, IReadOnlyList<string> words)
    {
        JobMap program = Map(path);
        JobList args = new(path.Source, path.Mark, path.Length);
        foreach (string word in words.Skip(1))
        {
            args.Items.Add(Literal(path, word));
        }

        program.Set(Literal(path, "path"), path);
        program.Set(Literal(path, "args"), args);
        return program;
    }

    /// <param name="file">By which the job is called.</param>
    private static JobMap Tree(JobScalar file, (string Key, JobMap What) run)
    {
        JobMap root = Map(file);
        JobMap node = Map(file);
        JobMap guest = Map(file);
        JobList nodes = new(file.Source, file.Mark, file.Length);
        root.Set(Literal(file, "apiVersion"), Literal(file, Job.Version));
        root.Set(Literal(file, "name"), Literal(file, JobName(file.Text)));
        root.Set(Literal(file, "nodes"), nodes);
        nodes.Items.Add(node);
        node.Set(Literal(file, "name"), Literal(file, "node0"));
        node.Set(Literal(file, "guest"), guest);
        guest.Set(Literal(file, run.Key), run.What);
        return root;
    }

    private static JobMap Map(JobNode at) => new(at.Source, at.Mark, at.Length);

    private static JobScalar Literal(JobNode at, string text) =>
        new(at.Source, at.Mark, at.Length, text, true);

    private static string JobName(string program)
    {
        string name = Path.GetFileName(program);
        string clean = string.Concat(name.Take(64).Select(c =>
            char.IsAsciiLetterOrDigit(c) || "._-".Contains(c, StringComparison.Ordinal) ? c : '-'));
        clean = clean.TrimStart('.', '_', '-');
        return clean.Length == 0 ? "job" : clean;
    }

    public SourceText? ReadFile(string path)
    {
        try
        {
            return new SourceText(path, File.ReadAllText(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException
            or ArgumentException or NotSupportedException)
        {
            string why = e switch
            {
                FileNotFoundException or DirectoryNotFoundException => "no such file",
                UnauthorizedAccessException => Directory.Exists(path)
                    ? "it is a folder"
                    : "no permission to read it",
                _ => e.Message,
            };
            bag.Error(DiagnosticCode.FileUnreadable, $"{path}: {why}");
            return null;
        }
    }
}

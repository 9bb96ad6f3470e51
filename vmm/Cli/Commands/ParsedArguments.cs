namespace Dilaton.Cli;

/// <summary>The arguments of `run` or `launch`, sorted by <see cref="OptionSpec"/>.</summary>
internal sealed class ParsedArguments
{
    private readonly Dictionary<string, string> _values = [];

    public List<JobSetting> Settings { get; } = [];

    /// <summary>Arguments that are neither options nor path=value.</summary>
    public List<string> Words { get; } = [];

    public bool HelpWanted { get; private set; }

    public bool Has(string option) => _values.ContainsKey(option);

    public string? Value(string option) => _values.GetValueOrDefault(option);

    /// <summary>Sorts the arguments; every mistake is reported.</summary>
    public static ParsedArguments Read(
        IReadOnlyList<string> arguments, IReadOnlyList<OptionSpec> specs, DiagnosticBag bag)
    {
        ParsedArguments parsed = new();
        for (int i = 0; i < arguments.Count; i++)
        {
            string argument = arguments[i];
            if (argument is "-h" or "-?" or "--help")
            {
                parsed.HelpWanted = true;
            }
            else if (argument.Length > 1 && argument[0] == '-')
            {
                i += parsed.ReadOption(arguments, i, specs, bag);
            }
            else if (IsOverride(argument))
            {
                parsed.Settings.Add(new JobSetting("", "", argument));
            }
            else
            {
                parsed.Words.Add(argument);
            }
        }

        return parsed;
    }

    private static bool IsOverride(string argument)
    {
        int equals = argument.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 && !argument.AsSpan(0, equals).Contains('/');
    }

    /// <returns>How many further arguments it took.</returns>
    private int ReadOption(
        IReadOnlyList<string> arguments, int at, IReadOnlyList<OptionSpec> specs, DiagnosticBag bag)
    {
        string argument = arguments[at];
        int equals = argument.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? argument : argument[..equals];
        OptionSpec? spec = specs.FirstOrDefault(s => s.Name == name || s.Alias == name);
        if (spec is null)
        {
            bag.Error(
                DiagnosticCode.BadOption,
                $"{name}: no such option",
                Spelling.Help(name, [.. specs.Select(s => s.Name)]));
            return 0;
        }

        if (spec.ValueName is null)
        {
            if (equals >= 0)
            {
                bag.Error(DiagnosticCode.BadOption, $"{name} takes no value");
            }

            _values[spec.Name] = "";
            return 0;
        }

        bool inline = equals >= 0;
        if (!inline && at + 1 >= arguments.Count)
        {
            bag.Error(DiagnosticCode.BadOption, $"{name} needs a value", spec.Description);
            return 0;
        }

        string value = inline ? argument[(equals + 1)..] : arguments[at + 1];
        _values[spec.Name] = value;
        if (spec.JobPath.Length > 0)
        {
            Settings.Add(new JobSetting(spec.Name, spec.JobPath, value));
        }

        return inline ? 0 : 1;
    }
}

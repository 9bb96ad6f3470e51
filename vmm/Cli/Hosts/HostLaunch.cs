using System.Globalization;

namespace Dilaton.Cli;

/// <summary>What starts a part of a job on another host: a command of the operator's, in which the
/// command to start there is filled in.</summary>
internal static class HostLaunch
{
    public const string None = "none";

    private const string Ssh = "ssh -o BatchMode=yes {address} {quoted}";
    private const string Srun =
        "srun --het-group={index} --nodes=1 --ntasks=1 --overlap --quiet {command}";

    /// <summary>Null: it can be used.</summary>
    public static string? Mistake(HostJob host)
    {
        string text = Template(host);
        if (text == None)
        {
            return null;
        }

        if (Split(text) is not { Count: > 0 } words)
        {
            return $"'{text}' is no command";
        }

        return words.Any(word => word is "{command}" or "{quoted}")
            ? null
            : $"'{text}' has no word {{command}} or {{quoted}}";
    }

    public static bool IsManual(HostJob host) => Template(host) == None;

    /// <param name="index">Of the host in the job.</param>
    /// <param name="command">What is to be started there.</param>
    public static IReadOnlyList<string> Words(
        HostJob host, int index, string address, IReadOnlyList<string> command)
    {
        List<string> words = [];
        foreach (string word in Split(Template(host))!)
        {
            switch (word)
            {
                case "{command}":
                    words.AddRange(command);
                    break;
                case "{quoted}":
                    words.Add(LaunchPlan.Quoted(command));
                    break;
                default:
                    words.Add(word
                        .Replace("{name}", host.Name, StringComparison.Ordinal)
                        .Replace("{address}", address, StringComparison.Ordinal)
                        .Replace(
                            "{index}",
                            index.ToString(CultureInfo.InvariantCulture),
                            StringComparison.Ordinal));
                    break;
            }
        }

        return words;
    }

    private static string Template(HostJob host) => host.Launch switch
    {
        null or "ssh" => Ssh,
        "srun" => Srun,
        { } text => text,
    };

    /// <summary>At spaces; what is between quotes is one word.</summary>
    /// <returns>Null: a quote is not closed.</returns>
    private static List<string>? Split(string text)
    {
        List<string> words = [];
        System.Text.StringBuilder word = new();
        char quote = '\0';
        bool isWord = false;
        foreach (char c in text)
        {
            if (quote != '\0' ? c == quote : c is '\'' or '"')
            {
                quote = quote != '\0' ? '\0' : c;
                isWord = true;
            }
            else if (quote == '\0' && c == ' ')
            {
                Take();
            }
            else
            {
                word.Append(c);
                isWord = true;
            }
        }

        Take();
        return quote == '\0' ? words : null;

        void Take()
        {
            if (isWord)
            {
                words.Add(word.ToString());
            }

            word.Clear();
            isWord = false;
        }
    }
}

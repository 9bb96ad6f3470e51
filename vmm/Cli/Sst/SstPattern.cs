using System.Text;
using System.Text.RegularExpressions;

namespace Dilaton.Cli;

/// <summary>Names of SST that stand for many, such as cache_link_%(vcpus)d.</summary>
internal static partial class SstPattern
{
    public static bool Matches(string pattern, string name)
    {
        if (!pattern.Contains("%(", StringComparison.Ordinal))
        {
            return pattern == name;
        }

        StringBuilder regex = new("^");
        int at = 0;
        foreach (Match hole in Hole().Matches(pattern))
        {
            regex.Append(Regex.Escape(pattern[at..hole.Index]))
                .Append(hole.Value[^1] == 's' ? ".+" : "[0-9]+");
            at = hole.Index + hole.Length;
        }

        regex.Append(Regex.Escape(pattern[at..])).Append('$');
        return Regex.IsMatch(name, regex.ToString(), RegexOptions.CultureInvariant);
    }

    [GeneratedRegex(@"%\([^)]*\)[0-9]*[a-z]")]
    private static partial Regex Hole();
}

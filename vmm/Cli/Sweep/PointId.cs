using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Dilaton.Cli;

/// <summary>Names a point by what it is: the first 12 hexadecimal digits of SHA-256 over the resolved
/// job as one line of JSON, its seed, the version of Dilaton, and the contents of the files that the
/// job names.</summary>
internal static class PointId
{
    public const int Length = 12;

    /// <param name="job">Resolved, with the point's seed.</param>
    /// <param name="files">That it names, in its order.</param>
    public static string Of(Job job, IEnumerable<InputFile> files)
    {
        StringBuilder tail = new();
        tail.Append(CultureInfo.InvariantCulture, $"\n{job.Seed}\n{ToolVersion.Text}+{ToolVersion.Commit}");
        foreach (InputFile file in files)
        {
            tail.Append(CultureInfo.InvariantCulture, $"\n{file.Hash} {file.Path}");
        }

        byte[] hash = SHA256.HashData(
            [.. JobWriter.Write(job, indented: false), .. Encoding.UTF8.GetBytes(tail.ToString())]);
        return Convert.ToHexStringLower(hash)[..Length];
    }

    public static bool IsOne(string text) =>
        text.Length == Length && text.All(char.IsAsciiHexDigitLower);
}

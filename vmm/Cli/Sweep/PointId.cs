using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Dilaton.Cli;

/// <summary>Names a point by what it is: the first 12 hexadecimal digits of SHA-256 over the resolved
/// job as one line of JSON, its seed, and the version of Dilaton. What a job refers to, such as the
/// guest's file, is not looked into.</summary>
internal static class PointId
{
    public const int Length = 12;

    /// <param name="job">Resolved, with the point's seed.</param>
    public static string Of(Job job)
    {
        string tail = string.Create(
            CultureInfo.InvariantCulture, $"\n{job.Seed}\n{ToolVersion.Text}+{ToolVersion.Commit}");
        byte[] hash = SHA256.HashData(
            [.. JobWriter.Write(job, indented: false), .. Encoding.UTF8.GetBytes(tail)]);
        return Convert.ToHexStringLower(hash)[..Length];
    }

    public static bool IsOne(string text) =>
        text.Length == Length && text.All(char.IsAsciiHexDigitLower);
}

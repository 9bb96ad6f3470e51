using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Dilaton.Cli;

/// <summary>What comes with the program inside it, so that it needs no other file: the sources that
/// are built for a simulator, the library and header for peers and guests of one's own, the examples
/// and the Python client; each under its path in the repository.</summary>
internal static class PartsArchive
{
    /// <summary>Names the archive in a folder that it was unpacked to.</summary>
    public const string MarkName = ".dilaton-parts";

    private const string Prefix = "parts/";
    private const int IdentityLength = 16;
    private const UnixFileMode ReadAll =
        UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode RunAll =
        UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private static readonly Assembly s_assembly = typeof(PartsArchive).Assembly;
    private static readonly Lazy<string> s_identity = new(Hash);

    /// <summary>Paths relative to the root, in ordinal order.</summary>
    public static IReadOnlyList<string> Paths { get; } =
    [
        .. s_assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => name[Prefix.Length..])
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Of the contents: the same for the same files, and for no others.</summary>
    public static string Identity => s_identity.Value;

    /// <summary>Writes everything below a folder, scripts so that they can be run.</summary>
    /// <exception cref="IOException">It can't be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be written.</exception>
    public static void Write(string folder)
    {
        foreach (string path in Paths)
        {
            string target = Path.Combine(folder, path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            byte[] content = Read(path);
            File.WriteAllBytes(target, content);
            if (content.AsSpan().StartsWith("#!"u8))
            {
                File.SetUnixFileMode(target, ReadAll | RunAll | UnixFileMode.UserWrite);
            }
        }

        File.WriteAllText(Path.Combine(folder, MarkName), Identity + "\n");
    }

    public static byte[] Read(string path)
    {
        using Stream stream = s_assembly.GetManifestResourceStream(Prefix + path)!;
        byte[] content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }

    private static string Hash()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string path in Paths)
        {
            byte[] content = Read(path);
            hash.AppendData(Encoding.UTF8.GetBytes($"{path}\n{content.Length}\n"));
            hash.AppendData(content);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..IdentityLength];
    }
}

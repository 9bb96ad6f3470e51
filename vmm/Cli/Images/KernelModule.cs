using System.IO.Compression;
using System.Text;

namespace Dilaton.Cli;

/// <summary>A module of Linux's.</summary>
/// <param name="Name">With '_' for '-', as the kernel compares names.</param>
/// <param name="Content">Not compressed.</param>
/// <param name="Needs">Names of the modules that must be there before it.</param>
internal sealed record KernelModule(string Name, byte[] Content, IReadOnlyList<string> Needs)
{
    private const string Extension = ".ko";

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(1);

    /// <returns>Null: it is no module's file.</returns>
    public static string? NameOf(string path)
    {
        string name = Path.GetFileName(path);
        int end = name.IndexOf(Extension, StringComparison.Ordinal);
        return end > 0 && name[end..] is Extension or ".ko.gz" or ".ko.xz" or ".ko.zst"
            ? name[..end].Replace('-', '_')
            : null;
    }

    /// <exception cref="ImagesException">It can't be unpacked.</exception>
    public static KernelModule Read(string path)
    {
        byte[] content = Path.GetExtension(path) switch
        {
            Extension => File.ReadAllBytes(path),
            ".gz" => Unzip(path),
            ".xz" => Unpack(path, "xz"),
            _ => Unpack(path, "zstd"),
        };
        return new KernelModule(NameOf(path)!, content, NeedsOf(content));
    }

    /// <summary>Of its section .modinfo, whose texts end with a NUL: "depends=a,b".</summary>
    internal static IReadOnlyList<string> NeedsOf(ReadOnlySpan<byte> content)
    {
        int at = content.IndexOf("\0depends="u8);
        if (at < 0)
        {
            return [];
        }

        ReadOnlySpan<byte> rest = content[(at + "\0depends="u8.Length)..];
        int end = rest.IndexOf((byte)0);
        return Encoding.ASCII.GetString(end < 0 ? rest : rest[..end]).Replace('-', '_')
            .Split(',', StringSplitOptions.RemoveEmptyEntries);
    }

    private static byte[] Unzip(string path)
    {
        using FileStream file = File.OpenRead(path);
        using GZipStream unzipped = new(file, CompressionMode.Decompress);
        using MemoryStream content = new();
        unzipped.CopyTo(content);
        return content.ToArray();
    }

    private static byte[] Unpack(string path, string tool)
    {
        string folder = Directory.CreateTempSubdirectory("dilaton-module-").FullName;
        try
        {
            string copy = Path.Combine(folder, Path.GetFileName(path));
            File.Copy(path, copy);
            ToolOutput output = KernelPackage.RunTool(tool, ["-q", "-d", copy], folder, s_limit);
            return output.ExitCode == 0
                ? File.ReadAllBytes(copy[..^Path.GetExtension(copy).Length])
                : throw new ImagesException($"{tool} could not unpack '{path}': {output.Text.Trim()}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}

using System.Security.Cryptography;

namespace Dilaton.Cli;

/// <summary>Contents of the files that jobs name. Each is read once, however many points name it.
/// </summary>
/// <param name="recorded">What sweep.json says of files.</param>
internal sealed class FileHashes(IReadOnlyList<InputFile> recorded, FileTrust trust)
{
    public const string Unreadable = "unreadable";

    private readonly Dictionary<string, InputFile> _recorded =
        recorded.ToDictionary(file => file.Path, StringComparer.Ordinal);

    private readonly Dictionary<string, InputFile?> _known = new(StringComparer.Ordinal);

    /// <summary>Reads every file.</summary>
    public static FileHashes Fresh() => new([], FileTrust.None);

    /// <returns>Null if no regular file of the host has the path.</returns>
    public InputFile? Of(string path)
    {
        if (!_known.TryGetValue(path, out InputFile? file))
        {
            file = Read(path);
            _known.Add(path, file);
        }

        return file;
    }

    /// <summary>The files that a job names, each once, in its order.</summary>
    public IReadOnlyList<InputFile> Of(Job job, string workingFolder) =>
        [.. NamedFiles.Of(job, workingFolder).Distinct().Select(Of).OfType<InputFile>()];

    private InputFile? Read(string path)
    {
        InputFile? before = _recorded.GetValueOrDefault(path);
        if (before is not null && trust == FileTrust.Recorded)
        {
            return before;
        }

        if (!File.Exists(path))
        {
            return null;
        }

        // A link into nowhere exists, too.
        FileInfo link = new(path);
        FileInfo info = link.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? link;
        if (!info.Exists)
        {
            return null;
        }

        long size = info.Length, modified = info.LastWriteTimeUtc.Ticks;
        bool isSame = trust == FileTrust.Unchanged && before is not null
            && before.SizeBytes == size && before.Modified == modified;
        return isSame ? before : new InputFile(path, size, modified, HashOf(info));
    }

    private static string HashOf(FileInfo file)
    {
        try
        {
            // What is empty may be a pipe or a device, which is not opened.
            using Stream content = file.Length == 0 ? Stream.Null : file.OpenRead();
            return Convert.ToHexStringLower(SHA256.HashData(content));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Unreadable;
        }
    }
}

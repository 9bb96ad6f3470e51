namespace Dilaton.Cli;

/// <summary>Where the sources that come with Dilaton lie as files, and where they are built. The
/// first of these that is there:
/// <list type="number">
/// <item>DILATON_HOME, which the start script of the repository sets; built in its `artifacts`</item>
/// <item>`share/dilaton` beside the program's own folder, as a distribution's package has it, if it
/// is of this very program</item>
/// <item>a folder in the user's cache, unpacked there from the program when it is first used</item>
/// </list>
/// What the last two build goes to the user's cache.</summary>
internal sealed class PartsHome
{
    private const string CacheName = "dilaton";

    private readonly Lazy<string> _sources;

    private PartsHome(Func<string> sources, string builds)
    {
        _sources = new Lazy<string>(sources);
        Builds = builds;
    }

    /// <summary>Unpacked if need be.</summary>
    /// <exception cref="PartsException">There is no place to unpack to.</exception>
    public string Sources => _sources.Value;

    /// <summary>What is built from them; perhaps not there yet.</summary>
    public string Builds { get; }

    /// <param name="home">DILATON_HOME; null or empty if it is not set.</param>
    /// <param name="programFolder">Of the program that runs.</param>
    /// <param name="cache">The user's, as <see cref="UserCache"/> finds it.</param>
    public static PartsHome Find(string? home, string programFolder, string cache)
    {
        if (home is { Length: > 0 })
        {
            return new PartsHome(() => home, Path.Combine(home, "artifacts"));
        }

        string own = Path.Combine(cache, CacheName, PartsArchive.Identity);
        string shared = Path.GetFullPath(Path.Combine(programFolder, "..", "share", CacheName));
        string builds = Path.Combine(own, "artifacts");
        return IsOfThisProgram(shared)
            ? new PartsHome(() => shared, builds)
            : new PartsHome(() => Unpacked(own), builds);
    }

    /// <summary>XDG_CACHE_HOME, or .cache in the user's home; a folder that is not there if the user
    /// has no home.</summary>
    public static string UserCache()
    {
        string? named = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        if (Path.IsPathFullyQualified(named ?? ""))
        {
            return named!;
        }

        string user = Environment.GetFolderPath(
            Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
        return Path.Combine(user.Length > 0 ? user : "/nonexistent", ".cache");
    }

    private static bool IsOfThisProgram(string folder)
    {
        string mark = Path.Combine(folder, PartsArchive.MarkName);
        return File.Exists(mark) && File.ReadAllText(mark).Trim() == PartsArchive.Identity;
    }

    // Whole or not at all, since several may do it at once.
    private static string Unpacked(string folder)
    {
        if (IsOfThisProgram(folder))
        {
            return folder;
        }

        try
        {
            string temporary = $"{folder}.{Environment.ProcessId}.new";
            PartsArchive.Write(temporary);
            try
            {
                Directory.Move(temporary, folder);
            }
            catch (IOException) when (IsOfThisProgram(folder))
            {
                Directory.Delete(temporary, recursive: true);
            }

            return folder;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PartsException(
                $"what comes with Dilaton can't be unpacked into '{folder}': {e.Message}");
        }
    }
}

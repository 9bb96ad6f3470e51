using Dilaton.Native;

namespace Dilaton.Cli;

/// <summary>How a job's keys get from one process to another: never on a command line, where every
/// user of the host can read them.</summary>
internal static class KeyFiles
{
    /// <summary>Instead of a file: standard input.</summary>
    public const string Input = "-";

    /// <summary>Into a file that only its owner can read.</summary>
    public static string Write(string folder, CurveKeys keys)
    {
        string path = Path.Combine(folder, "keys");
        FileStreamOptions options = new()
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using StreamWriter file = new(path, options);
        file.WriteLine(keys.ToLine());
        return path;
    }

    /// <returns>Null, with the reason reported.</returns>
    public static CurveKeys? Read(string path, DiagnosticBag bag)
    {
        try
        {
            const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.OtherRead;
            if (path != Input && OperatingSystem.IsLinux()
                && (File.GetUnixFileMode(path) & Others) != 0)
            {
                bag.Error(
                    DiagnosticCode.BadOption,
                    $"--key-file: others can read '{path}'",
                    $"chmod 600 {LaunchPlan.Quoted([path])}");
                return null;
            }

            string line = path == Input
                ? Console.In.ReadLine() ?? ""
                : File.ReadAllText(path);
            if (CurveKeys.TryParse(line) is { } keys)
            {
                return keys;
            }

            bag.Error(DiagnosticCode.BadOption, $"--key-file: '{path}' holds no keys of a job");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            bag.Error(DiagnosticCode.BadOption, $"--key-file: {e.Message}");
        }

        return null;
    }
}

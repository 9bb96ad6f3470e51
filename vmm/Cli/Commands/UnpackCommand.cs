using System.CommandLine;

namespace Dilaton.Cli;

/// <summary>`dilaton unpack DIR`.</summary>
internal static class UnpackCommand
{
    public static Command Build()
    {
        Argument<string> folder = new("DIR") { Description = "A folder that is empty or not there." };
        Command command = new(
            "unpack", "Write what comes inside the program: examples, bridges' sources, protocol library.");
        command.Add(folder);
        command.SetAction(parsed => Unpack(parsed.GetRequiredValue(folder)));
        return command;
    }

    private static int Unpack(string folder)
    {
        string full = Path.GetFullPath(folder);
        try
        {
            if (Directory.Exists(full) && Directory.EnumerateFileSystemEntries(full).Any())
            {
                DiagnosticBag bag = new();
                bag.Error(
                    DiagnosticCode.PartsUnwritable, $"'{folder}' is not empty", "name another folder");
                Console.Error.Write(bag.Print());
                return ExitCode.Usage;
            }

            PartsArchive.Write(full);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PartsException($"'{folder}' can't be written: {e.Message}");
        }

        Console.Out.Write(
            $"{PartsArchive.Paths.Count} files in {folder}: docs/examples are jobs for `dilaton launch`, "
            + "vmm/Protocol/cpp is the library for peers, include/dilaton.h is for guests\n");
        return ExitCode.Ok;
    }
}

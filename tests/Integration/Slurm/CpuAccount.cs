using System.Globalization;

namespace Dilaton.Tests.Integration;

/// <summary>Processor time of processes and of all that they start, whoever waits for those: a control
/// group of the kernel, version 1 or 2.</summary>
internal sealed class CpuAccount : IDisposable
{
    private const string Old = "/sys/fs/cgroup/cpuacct";
    private const string New = "/sys/fs/cgroup";
    private const string ProcessesName = "cgroup.procs";

    private static readonly bool s_isOld = Directory.Exists(Old);

    private static int s_count;

    private readonly string _folder;

    public CpuAccount()
    {
        string name = string.Create(
            CultureInfo.InvariantCulture,
            $"dilaton-test-{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}");
        _folder = Directory.CreateDirectory(Path.Combine(s_isOld ? Old : New, name)).FullName;
    }

    public double Seconds => s_isOld
        ? long.Parse(File.ReadAllText(Path.Combine(_folder, "cpuacct.usage")), CultureInfo.InvariantCulture) / 1e9
        : long.Parse(
            File.ReadLines(Path.Combine(_folder, "cpu.stat")).First().Split(' ')[1],
            CultureInfo.InvariantCulture) / 1e6;

    /// <summary>Null if such groups can be made here, else why a test is skipped.</summary>
    public static string? Missing()
    {
        try
        {
            new CpuAccount().Dispose();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"needs control groups: {e.Message}";
        }
    }

    public void Add(int process) => Move(process, _folder);

    /// <summary>Words before a command that belongs to it from its start.</summary>
    public string[] Words => ["/bin/sh", "-c", "echo $$ >\"$0\" && exec \"$@\"", Path.Combine(_folder, ProcessesName)];

    public void Dispose()
    {
        foreach (string process in File.ReadAllLines(Path.Combine(_folder, ProcessesName)))
        {
            Move(int.Parse(process, CultureInfo.InvariantCulture), Path.GetDirectoryName(_folder)!);
        }

        Directory.Delete(_folder);
    }

    private static void Move(int process, string folder) => File.WriteAllText(
        Path.Combine(folder, ProcessesName), process.ToString(CultureInfo.InvariantCulture));
}

using System.Globalization;
using System.Net.Sockets;

namespace Dilaton.Tests.Nested;

/// <summary>One boot of the bed: QEMU emulates a processor with SVM, the distribution's kernel runs on
/// it with KVM, and what is tested runs on that. The boot happens once, when it is first asked for; again if QEMU
/// spoils it (<see cref="SpinWatch"/>).
/// </summary>
public abstract class Boot
{
    /// <summary>Of host time. A quiet host needs a tenth of it.</summary>
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(10);

    /// <summary>Between looks at the processors: all that count take longer than a busy host ever keeps QEMU waiting.</summary>
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(3);

    private const int Turns = 5;
    private const string KernelWords = "console=ttyS0 quiet panic=-1 mitigations=off no_timer_check maxcpus=1";

    private readonly Lazy<SerialLog> _log;

    protected Boot(string name, params string[] machine)
        : this(name, "", machine)
    {
    }

    /// <param name="words">More for the bed's command line.</param>
    protected Boot(string name, string words, string[] machine) => _log = new(() => Run(name, words, machine));

    /// <exception cref="InvalidOperationException">The bed did not come to its end.</exception>
    internal SerialLog Log => _log.Value;

    private static SerialLog Run(string name, string words, string[] machine)
    {
        string initramfs = Initramfs.File;
        for (int turn = 1; ; turn++)
        {
            (int code, SerialLog log, bool isSpoiled) = RunOnce(name, words, machine, initramfs);
            if (code == 0 && log.IsDone)
            {
                return log;
            }

            if (!isSpoiled || turn == Turns)
            {
                string end = isSpoiled ? $"was spoiled by QEMU {turn} times (see {nameof(SpinWatch)})"
                    : code == 124 ? $"was stopped after {s_limit}"
                    : $"ended with code {code}";
                throw new InvalidOperationException(
                    $"the boot '{name}' {end}, before the bed was done; its last lines:\n{log.Tail}");
            }

            File.Move(LogFile(name), LogFile($"{name}-spoiled-{turn}"), overwrite: true);
        }
    }

    private static (int Code, SerialLog Log, bool IsSpoiled) RunOnce(
        string name, string words, string[] machine, string initramfs)
    {
        // A socket's path has little room.
        DirectoryInfo folder = Directory.CreateTempSubdirectory("dilaton-bed-");
        try
        {
            string monitor = Path.Combine(folder.FullName, "monitor");
            using CancellationTokenSource over = new();
            Task<bool> watch = Task.Run(() => EndsOneThatSpins(monitor, over.Token));
            // timeout(1) ends QEMU even if this process is killed.
            string limit = s_limit.TotalSeconds.ToString(CultureInfo.InvariantCulture);
            (int code, string output) = Command.Run(
                s_limit + TimeSpan.FromSeconds(30),
                "/usr/bin/timeout",
                [
                    "--kill-after=5", limit, "/usr/bin/qemu-system-x86_64", "-M", "pc", "-cpu", "max", .. machine,
                    "-m", "3072", "-nic", "none", "-display", "none", "-serial", "stdio", "-no-reboot",
                    "-monitor", $"unix:{monitor},server,nowait",
                    "-kernel", Requirement.KernelImage()!, "-initrd", initramfs,
                    "-append", $"{KernelWords} bed={name} guests={Paths.Guests} {words}",
                ]);
            over.Cancel();
            File.WriteAllText(LogFile(name), output);
            return (code, new SerialLog(output), watch.GetAwaiter().GetResult());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <returns>True if it did.</returns>
    private static bool EndsOneThatSpins(string monitor, CancellationToken over)
    {
        SpinWatch watch = new();
        while (!over.WaitHandle.WaitOne(s_look))
        {
            try
            {
                using QemuMonitor qemu = new(monitor);
                if (watch.Sees(qemu.Places()))
                {
                    qemu.Quit();
                    return true;
                }
            }
            catch (SocketException)
            {
                // It has not begun, or has ended.
            }
        }

        return false;
    }

    private static string LogFile(string name) => Path.Combine(Paths.Artifacts, $"{name}.log");
}

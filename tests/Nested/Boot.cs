using System.Globalization;

namespace Dilaton.Tests.Nested;

/// <summary>One boot of the bed: QEMU emulates a processor with SVM, the distribution's kernel runs on
/// it with KVM, and what is tested runs on that. The boot happens once, when it is first asked for.
/// </summary>
public abstract class Boot
{
    /// <summary>Of host time. A quiet host needs a tenth of it.</summary>
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(10);

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
        // timeout(1) ends QEMU even if this process is killed.
        string limit = s_limit.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        (int code, string output) = Command.Run(
            s_limit + TimeSpan.FromSeconds(30),
            "/usr/bin/timeout",
            [
                "--kill-after=5", limit, "/usr/bin/qemu-system-x86_64", "-M", "pc", "-cpu", "max", .. machine,
                "-m", "3072", "-nic", "none", "-nographic", "-no-reboot",
                "-kernel", Requirement.KernelImage()!, "-initrd", initramfs,
                "-append", $"{KernelWords} bed={name} guests={Paths.Guests} {words}",
            ]);
        File.WriteAllText(Path.Combine(Paths.Artifacts, $"{name}.log"), output);
        SerialLog log = new(output);
        string end = code == 124 ? $"was stopped after {s_limit}" : $"ended with code {code}";
        return code == 0 && log.IsDone
            ? log
            : throw new InvalidOperationException(
                $"the boot '{name}' {end}, before the bed was done; its last lines:\n{log.Tail}");
    }
}

using System.CommandLine;

namespace Dilaton.Cli;

/// <summary>`dilaton images`.</summary>
internal static class ImagesCommand
{
    public static Command Build()
    {
        Option<string?> kernel = new("--kernel")
        {
            Description = "A folder with boot/vmlinuz-* and lib/modules, such as / or an unpacked package "
                + "(default: Debian's newest, fetched by apt-get).",
        };
        Option<string> busybox = new("--busybox")
        {
            Description = "A static busybox (default: /bin/busybox).",
            DefaultValueFactory = _ => "/bin/busybox",
        };
        Option<string?> start = new("--start") { Description = "A script that the guest runs, in place of a shell." };
        Option<string?> to = new("--to")
        {
            Description = "A folder that gets copies, vmlinuz and initrd, for jobs to name.",
        };
        Command command = new(
            "images", "Prepare kernel and initial RAM disk of a system guest, in the user's cache.");
        command.Add(kernel);
        command.Add(busybox);
        command.Add(start);
        command.Add(to);
        command.SetAction(parsed => Prepare(
            parsed.GetValue(kernel), parsed.GetRequiredValue(busybox), parsed.GetValue(start), parsed.GetValue(to)));
        return command;
    }

    private static int Prepare(string? kernel, string busybox, string? start, string? to)
    {
        string cache = Path.Combine(PartsHome.UserCache(), "dilaton");
        DiagnosticBag bag = new();
        try
        {
            KernelPackage package = kernel is null
                ? KernelPackage.Fetch(Path.Combine(cache, "kernels"))
                : KernelPackage.In(Path.GetFullPath(kernel));
            string made = GuestImages.Prepare(Path.Combine(cache, "images"), package, busybox, start);
            if (to is not null)
            {
                GuestImages.CopyTo(made, to);
                made = to;
            }

            Console.Out.Write(
                $"--kernel {Path.Combine(made, GuestImages.KernelName)} "
                + $"--initrd {Path.Combine(made, GuestImages.InitrdName)}\n");
            return ExitCode.Ok;
        }
        catch (ImagesException e)
        {
            bag.Error(DiagnosticCode.SystemImages, e.Message, e.Help);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            bag.Error(DiagnosticCode.SystemImages, e.Message);
        }

        Console.Error.Write(bag.Print());
        return ExitCode.EnvironmentMissing;
    }
}

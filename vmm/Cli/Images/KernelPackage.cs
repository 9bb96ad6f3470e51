using System.ComponentModel;
using System.Text.RegularExpressions;

namespace Dilaton.Cli;

/// <summary>A distribution's kernel, unpacked: boot/vmlinuz-VERSION and its modules.</summary>
/// <param name="Image">The newest that can be read.</param>
/// <param name="Modules">Its folder of modules.</param>
internal sealed partial record KernelPackage(string Image, string Modules)
{
    private static readonly string[] s_names = ["linux-image-cloud-amd64", "linux-image-amd64"];
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(10);

    /// <param name="root">"/": the host's own kernels.</param>
    /// <exception cref="ImagesException">There is none.</exception>
    public static KernelPackage In(string root)
    {
        string boot = Path.Combine(root, "boot");
        IEnumerable<string> images = Directory.Exists(boot)
            ? Directory.EnumerateFiles(boot, "vmlinuz-*").OrderByDescending(Order, StringComparer.Ordinal)
            : [];
        foreach (string image in images)
        {
            string version = Path.GetFileName(image)["vmlinuz-".Length..];
            foreach (string lib in new[] { "lib", "usr/lib" })
            {
                string modules = Path.Combine(root, lib, "modules", version);
                if (Directory.Exists(Path.Combine(modules, "kernel")))
                {
                    return new KernelPackage(image, modules);
                }
            }
        }

        throw new ImagesException(
            $"'{root}' has no kernel: no boot/vmlinuz-VERSION with lib/modules/VERSION/kernel",
            "name a folder into which a kernel package was unpacked: dpkg -x linux-image-*.deb FOLDER");
    }

    /// <summary>Debian's newest, fetched by apt-get and unpacked by dpkg into a folder, once.</summary>
    /// <param name="path">Where the tools are; null: PATH.</param>
    /// <exception cref="ImagesException">There is no such tool here, or it failed.</exception>
    public static KernelPackage Fetch(string cache, string? path = null)
    {
        string why = "";
        foreach (string name in s_names)
        {
            ToolOutput answer = RunTool("apt-cache", ["depends", name], "/", s_limit, path);
            string? image = answer.Text.Split('\n').Select(line => line.Trim())
                .Where(line => line.StartsWith("Depends: linux-image-", StringComparison.Ordinal))
                .Select(line => line["Depends: ".Length..]).FirstOrDefault();
            why = answer.Text;
            if (answer.ExitCode != 0 || image is null)
            {
                continue;
            }

            string folder = Path.Combine(cache, image);
            if (!Directory.Exists(folder))
            {
                Unpack(image, folder, path);
            }

            return In(folder);
        }

        throw new ImagesException(
            $"apt has no package {string.Join(" or ", s_names)}: {why.Trim()}",
            "where apt was never used: apt-get update; on other distributions name a kernel's folder: --kernel");
    }

    /// <param name="path">Where to look for it; null: PATH.</param>
    /// <exception cref="ImagesException">It is not there.</exception>
    internal static ToolOutput RunTool(
        string tool, IReadOnlyList<string> arguments, string folder, TimeSpan limit, string? path = null)
    {
        Dictionary<string, string?> environment = new(StringComparer.Ordinal) { ["LC_ALL"] = "C" };
        if (path is not null)
        {
            environment["PATH"] = path;
        }

        try
        {
            return ToolRun.Of("/usr/bin/env", ["-C", folder, tool, .. arguments], environment, limit);
        }
        catch (Win32Exception e)
        {
            throw new ImagesException($"{tool} can't be started: {e.Message}");
        }
    }

    /// <summary>So that 6.1.0-9 comes before 6.1.0-56.</summary>
    private static string Order(string path) =>
        Number().Replace(Path.GetFileName(path), number => number.Value.PadLeft(10, '0'));

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Number();

    /// <summary>Whole or not at all, since several may do it at once.</summary>
    private static void Unpack(string image, string folder, string? path)
    {
        string temporary = $"{folder}.{Environment.ProcessId}.new";
        Directory.CreateDirectory(temporary);
        try
        {
            Fill(temporary, image, path);
            // Throws if it has none, and then is not kept.
            In(temporary);
            Directory.Move(temporary, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            // Another was first.
        }
        finally
        {
            if (Directory.Exists(temporary))
            {
                Directory.Delete(temporary, recursive: true);
            }
        }
    }

    private static void Fill(string folder, string image, string? path)
    {
        ToolOutput fetched = RunTool("apt-get", ["download", "-qq", image], folder, s_limit, path);
        string? file = Directory.EnumerateFiles(folder, "*.deb").FirstOrDefault();
        if (fetched.ExitCode != 0 || file is null)
        {
            throw new ImagesException(
                $"apt-get could not fetch {image}: {fetched.Text.Trim()}", "name a kernel's folder: --kernel");
        }

        ToolOutput unpacked = RunTool("dpkg", ["-x", file, folder], folder, s_limit, path);
        if (unpacked.ExitCode != 0)
        {
            throw new ImagesException($"dpkg could not unpack {file}: {unpacked.Text.Trim()}");
        }

        File.Delete(file);
    }
}

using Shouldly;

namespace Dilaton.Tests.Integration.Packages;

/// <summary>The host's own system with a layer in memory over it, for one process and its children: what
/// is installed there is on no disk.</summary>
internal static class DebianRoot
{
    /// <summary>Behind it the script lists what is left behind the removal.</summary>
    public const string Left = "left:\n";

    // The whole of /tmp is hidden: guests see no host's /tmp anyhow, and tests leave much there.
    private const string Enter = """
        set -euo pipefail
        layer=$1
        mount -t tmpfs layer "$layer"
        mkdir "$layer/upper" "$layer/work" "$layer/root"
        root=$layer/root
        mount -t overlay overlay -o "lowerdir=/,upperdir=$layer/upper,workdir=$layer/work" "$root"
        mount --rbind /proc "$root/proc"
        mount --rbind /dev "$root/dev"
        mount --rbind /sys "$root/sys"
        mount -t tmpfs tmp "$root/tmp"
        mount -t tmpfs -o mode=755 home "$root/mnt"

        """;

    private const string Use = """
        cp "$2" "$root/tmp/dilaton.deb"
        printf '%s\n' 'set -euo pipefail' "$3" >"$root/tmp/use"
        install -d -o nobody "$root/mnt/nobody"
        chroot "$root" dpkg --path-include='/usr/share/*' -i /tmp/dilaton.deb >"$layer/dpkg.log" 2>&1 ||
            { cat "$layer/dpkg.log"; exit 1; }
        chroot --userspec=nobody "$root" env -i HOME=/mnt/nobody PATH=/usr/bin:/bin LC_ALL=C.UTF-8 bash /tmp/use
        chroot "$root" env -i PATH=/usr/bin:/bin python3 -c 'import dilaton'
        [ -n "$(find "$layer/upper" -name __pycache__ -path '*/dilaton/*')" ]
        chroot "$root" dpkg --purge dilaton >"$layer/dpkg.log" 2>&1 || { cat "$layer/dpkg.log"; exit 1; }
        echo left:
        cd "$layer/upper"
        find . -iname '*dilaton*' ! -type c
        grep -A2 '^Package: dilaton$' "$root/var/lib/dpkg/status" || true

        """;

    /// <summary>Null if it can be done, else why the test is skipped.</summary>
    public static string? Lack()
    {
        if (Requirement.Missing(["/usr/bin/dpkg", "/usr/bin/dpkg-deb", "/usr/bin/man", "/usr/bin/python3", "/usr/bin/unshare"]) is { } missing)
        {
            return missing;
        }

        using TempFolder folder = new();
        return Shell(Enter, folder.Path).ExitCode == 0 ? null : "needs the right to mount an overlay";
    }

    /// <summary>Installs, runs a script of bash as nobody, purges.</summary>
    /// <returns>What the script printed, then <see cref="Left"/> and what is left.</returns>
    public static string Install(string package, string script)
    {
        using TempFolder folder = new();
        CommandResult result = Shell(Enter + Use, folder.Path, package, script);
        result.ExitCode.ShouldBe(0, result.Output + result.Error);
        return result.Output;
    }

    private static CommandResult Shell(string text, params string[] arguments) => Command.Run(
        "/usr/bin/unshare",
        ["--mount", "--propagation", "private", "/bin/bash", "-c", text, "bash", .. arguments]);
}

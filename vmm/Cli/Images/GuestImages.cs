using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Dilaton.Cli;

/// <summary>A kernel and an initial RAM disk for system guests: busybox, and the modules that a machine's devices
/// need. Kept in a folder that is named for the hash of what they are made of, so that they are made once.</summary>
internal static class GuestImages
{
    public const string KernelName = "vmlinuz";
    public const string InitrdName = "initrd";

    private const int NameLength = 16;

    // A file system's check sum is asked for by name when it is mounted: no module needs it.
    private static readonly string[] s_wanted =
        ["virtio_mmio", "virtio_blk", "virtio_console", "virtio_net", "virtio_rng", "crc32c_generic", "ext4"];

    private static readonly string[] s_maybe = ["virtio_net", "virtio_rng", "crc32c_generic", "ext4"];

    private static readonly string[] s_folders = ["bin", "dev", "disk", "modules", "proc", "sys", "tmp"];

    private const string Start = """
        #!/bin/busybox sh
        # Made by `dilaton images`: sets a system up, and runs /start, or a shell.
        /bin/busybox --install -s /bin
        export PATH=/bin HOME=/tmp
        mount -t proc proc /proc
        mount -t sysfs sys /sys
        mount -t devtmpfs dev /dev
        for module in $(cat /modules/order); do
            insmod "/modules/$module.ko"
        done
        # ip=OWN:SERVER:GATEWAY:MASK:NAME:DEVICE:HOW, as the kernel has it.
        for word in $(cat /proc/cmdline); do
            case $word in ip=*) IFS=:; set -- ${word#ip=}; unset IFS ;; esac
        done
        if [ -n "$6" ] && [ -e "/sys/class/net/$6" ]; then
            hostname "$5"
            ifconfig lo up
            ifconfig "$6" "$1" netmask "$4" up
        fi
        cd /tmp
        if [ -e /start ]; then sh /start; else setsid cttyhack sh; fi
        poweroff -f

        """;

    /// <param name="folder">Where folders of images are.</param>
    /// <param name="start">What the guest runs, a script; null: a shell.</param>
    /// <returns>The folder of the two files.</returns>
    /// <exception cref="ImagesException">Something is missing, or not what it must be.</exception>
    public static string Prepare(string folder, KernelPackage kernel, string busybox, string? start)
    {
        byte[] image = File.ReadAllBytes(kernel.Image);
        byte[] initrd = Initrd(ModulesOf(kernel.Modules), ReadStatic(busybox), start);
        string name = Hash(image, initrd);
        string made = Path.Combine(folder, name);
        if (File.Exists(Path.Combine(made, InitrdName)))
        {
            return made;
        }

        // Whole or not at all, since several may do it at once.
        string temporary = string.Create(CultureInfo.InvariantCulture, $"{made}.{Environment.ProcessId}.new");
        Directory.CreateDirectory(temporary);
        File.WriteAllBytes(Path.Combine(temporary, KernelName), image);
        File.WriteAllBytes(Path.Combine(temporary, InitrdName), initrd);
        try
        {
            Directory.Move(temporary, made);
        }
        catch (IOException) when (Directory.Exists(made))
        {
            Directory.Delete(temporary, recursive: true);
        }

        return made;
    }

    /// <summary>Puts the two files where somebody can name them, in place of those that are there.</summary>
    /// <param name="made">What <see cref="Prepare"/> made.</param>
    public static void CopyTo(string made, string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (string name in (string[])[KernelName, InitrdName])
        {
            string to = Path.Combine(folder, name);
            string temporary = string.Create(CultureInfo.InvariantCulture, $"{to}.{Environment.ProcessId}.new");
            File.Copy(Path.Combine(made, name), temporary);
            File.Move(temporary, to, overwrite: true);
        }
    }

    /// <summary>What is wanted and what that needs, each behind what it needs. What is built into the kernel has no
    /// file.</summary>
    /// <exception cref="ImagesException">A module is neither.</exception>
    internal static IReadOnlyList<KernelModule> ModulesOf(string folder)
    {
        Dictionary<string, string> files = new(StringComparer.Ordinal);
        foreach (string file in Directory.EnumerateFiles(
            Path.Combine(folder, "kernel"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            if (KernelModule.NameOf(file) is { } name)
            {
                files.TryAdd(name, file);
            }
        }

        string builtin = Path.Combine(folder, "modules.builtin");
        HashSet<string> inside = File.Exists(builtin)
            ? [.. File.ReadLines(builtin).Select(KernelModule.NameOf).OfType<string>()]
            : [];
        List<KernelModule> modules = [];
        HashSet<string> seen = [];
        foreach (string name in s_wanted)
        {
            Add(name);
        }

        return modules;

        void Add(string name)
        {
            if (!seen.Add(name) || inside.Contains(name))
            {
                return;
            }

            if (!files.TryGetValue(name, out string? file))
            {
                if (s_maybe.Contains(name))
                {
                    return;
                }

                throw new ImagesException($"'{folder}' has no module {name}, and the kernel has none built in");
            }

            KernelModule module = KernelModule.Read(file);
            foreach (string need in module.Needs)
            {
                Add(need);
            }

            modules.Add(module);
        }
    }

    internal static byte[] Initrd(IReadOnlyList<KernelModule> modules, byte[] busybox, string? start)
    {
        CpioWriter archive = new();
        foreach (string folder in s_folders)
        {
            archive.AddFolder(folder);
        }

        archive.AddFile("init", Encoding.UTF8.GetBytes(Start), isProgram: true);
        archive.AddFile("bin/busybox", busybox, isProgram: true);
        archive.AddFile("modules/order", Encoding.UTF8.GetBytes(
            string.Concat(modules.Select(module => $"{module.Name}\n"))));
        foreach (KernelModule module in modules)
        {
            archive.AddFile($"modules/{module.Name}.ko", module.Content);
        }

        if (start is not null)
        {
            archive.AddFile("start", File.ReadAllBytes(start));
        }

        return archive.Finish();
    }

    /// <summary>A program that names an interpreter would need its libraries.</summary>
    private static byte[] ReadStatic(string path)
    {
        byte[] program = File.ReadAllBytes(path);
        return IsStatic(program)
            ? program
            : throw new ImagesException(
                $"'{path}' is no static program", "name a static busybox: --busybox (Debian: busybox-static)");
    }

    /// <summary>An ELF file for x86-64 without an interpreter among its program headers.</summary>
    private static bool IsStatic(ReadOnlySpan<byte> program)
    {
        const int HeaderBytes = 64;
        const int EntryBytes = 56;
        const uint Interpreter = 3;
        if (program.Length < HeaderBytes || !program.StartsWith("\u007fELF\u0002"u8))
        {
            return false;
        }

        ulong at = BinaryPrimitives.ReadUInt64LittleEndian(program[32..]);
        ulong count = BinaryPrimitives.ReadUInt16LittleEndian(program[56..]);
        if (at > (ulong)program.Length || count * EntryBytes > (ulong)program.Length - at)
        {
            return false;
        }

        for (ulong i = 0; i < count; i++)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(program[(int)(at + (i * EntryBytes))..]) == Interpreter)
            {
                return false;
            }
        }

        return true;
    }

    private static string Hash(byte[] image, byte[] initrd)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(SHA256.HashData(image));
        hash.AppendData(SHA256.HashData(initrd));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..NameLength];
    }
}

using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>Everything that Dilaton needs or can use of a host.</summary>
internal static class HostChecks
{
    private const ulong MemoryLeastBytes = 1UL << 30;

    public static IReadOnlyList<Finding> All() =>
    [
        Platform(),
        Runtime(),
        Feature("AVX2 and FMA", Avx2.IsSupported && Fma.IsSupported,
            "guests are shown an x86-64-v3 processor: use a host of 2013 or later"),
        Feature("BMI1 and BMI2", Bmi1.X64.IsSupported && Bmi2.X64.IsSupported,
            "guests are shown an x86-64-v3 processor: use a host of 2013 or later"),
        FsGsBase(),
        LowAddresses(),
        Overcommit(),
        Memory(),
        OpenSsl(),
        Library("libzmq5", "libzmq.so.5",
            "needed by co-simulation bridges only: apt-get install libzmq5"),
        new Finding("bridges", FindingLevel.Ok, $"built in {Bridges.BuildFolder} when first needed", ""),
        .. ConfinementChecks.All(),
        Program("gcc", "needed to build test guests only: apt-get install gcc"),
        .. KvmChecks.All(),
        .. SstChecks.All(),
        Program("gem5.opt", "needed for gem5 peers only: see gem5.org"),
        Program("valgrind", "used by comparisons only: apt-get install valgrind"),
        Program("qemu-x86_64", "used by comparisons only: apt-get install qemu-user"),
    ];

    private static Finding Platform()
    {
        bool good = RuntimeInformation.IsOSPlatform(OSPlatform.Linux)
            && RuntimeInformation.ProcessArchitecture == Architecture.X64;
        return new Finding(
            "platform",
            good ? FindingLevel.Ok : FindingLevel.Fail,
            $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}",
            good ? "" : "Dilaton runs on Linux on x86-64 only");
    }

    private static Finding Runtime()
    {
        bool good = Environment.Version.Major >= 10;
        return new Finding(
            ".NET",
            good ? FindingLevel.Ok : FindingLevel.Fail,
            RuntimeInformation.FrameworkDescription,
            good ? "" : "install the .NET 10 SDK");
    }

    private static Finding Feature(string name, bool present, string remedy) => new(
        name,
        present ? FindingLevel.Ok : FindingLevel.Fail,
        present ? "present" : "missing",
        present ? "" : remedy);

    private static Finding FsGsBase()
    {
        bool present = CpuFlags().Contains(" fsgsbase ", StringComparison.Ordinal);
        return Feature("FSGSBASE", present, "needs Linux 5.9 or later on a host of 2012 or later");
    }

    private static Finding LowAddresses()
    {
        const string Path = "/proc/sys/vm/mmap_min_addr";
        ulong least = ReadNumber(Path, 65_536);
        if (least > GuestLayout.LowestAddress)
        {
            return new Finding(
                "low addresses",
                FindingLevel.Fail,
                $"vm.mmap_min_addr is {least}",
                $"sysctl -w vm.mmap_min_addr={GuestLayout.LowestAddress}");
        }

        string? taken = FirstMappingBelow(GuestLayout.EngineStart);
        return new Finding(
            "low addresses",
            taken is null ? FindingLevel.Ok : FindingLevel.Fail,
            taken is null
                ? $"0x{GuestLayout.LowestAddress:x} to 0x{GuestLayout.EngineStart:x} are free"
                : $"taken by {taken}",
            taken is null ? "" : "start dilaton without tools that map low memory");
    }

    private static Finding Overcommit()
    {
        ulong mode = ReadNumber("/proc/sys/vm/overcommit_memory", 0);
        return new Finding(
            "overcommit",
            mode == 2 ? FindingLevel.Warn : FindingLevel.Ok,
            $"vm.overcommit_memory is {mode}",
            mode == 2
                ? "guest memory larger than what is free may be refused: "
                    + "sysctl -w vm.overcommit_memory=0"
                : "");
    }

    private static Finding Memory()
    {
        ulong bytes = (ulong)GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return new Finding(
            "memory",
            bytes >= MemoryLeastBytes ? FindingLevel.Ok : FindingLevel.Warn,
            Quantity.FormatSize(bytes >> 20 << 20),
            bytes >= MemoryLeastBytes ? "" : "below 1GiB, larger guests may not fit");
    }

    /// <summary>.NET's SHA-256, which every run's event log ends in, ends the process without it.</summary>
    private static Finding OpenSsl()
    {
        string? found = ((string[])["libssl.so.3", "libssl.so.1.1"]).FirstOrDefault(CanLoad);
        return new Finding(
            "OpenSSL",
            found is null ? FindingLevel.Fail : FindingLevel.Ok,
            found ?? "missing",
            found is null ? "every run needs it: apt-get install libssl3" : "");
    }

    private static bool CanLoad(string file)
    {
        bool present = NativeLibrary.TryLoad(file, out nint handle);
        if (present)
        {
            NativeLibrary.Free(handle);
        }

        return present;
    }

    private static Finding Library(string name, string file, string remedy)
    {
        bool present = CanLoad(file);
        return new Finding(
            name,
            present ? FindingLevel.Ok : FindingLevel.Warn,
            present ? file : "missing",
            present ? "" : remedy);
    }

    private static Finding Program(string name, string remedy)
    {
        string? found = (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
        return new Finding(
            name,
            found is null ? FindingLevel.Warn : FindingLevel.Ok,
            found ?? "missing",
            found is null ? remedy : "");
    }

    private static string? FirstMappingBelow(ulong end)
    {
        foreach (string line in File.ReadLines("/proc/self/maps"))
        {
            string start = line[..line.IndexOf('-', StringComparison.Ordinal)];
            ulong address = ulong.Parse(
                start, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            if (address < end)
            {
                return line;
            }
        }

        return null;
    }

    private static string CpuFlags()
    {
        string? line = File.ReadLines("/proc/cpuinfo")
            .FirstOrDefault(l => l.StartsWith("flags", StringComparison.Ordinal));
        return $"{line} ";
    }

    private static ulong ReadNumber(string path, ulong fallback) =>
        File.Exists(path) && ulong.TryParse(
            File.ReadAllText(path).Trim(), CultureInfo.InvariantCulture, out ulong value)
            ? value
            : fallback;
}

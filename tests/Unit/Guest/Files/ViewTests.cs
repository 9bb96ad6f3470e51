using Dilaton.Core;
using Dilaton.Guest;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Guest.Files;

public sealed class ViewTests
{
    [Fact]
    public void CpuInfo_DescribesTheEmulatedMachine()
    {
        using FileSandbox box = new();
        string text = box.ReadAll("/proc/cpuinfo");

        text.Split("processor\t:").Length.ShouldBe(5);
        text.ShouldContain("cpu MHz\t\t: 2500.000\n");
        text.ShouldContain("cpu cores\t: 4\n");
        text.ShouldContain("bogomips\t: 5000.00\n");
        text.ShouldContain(" avx2 ");
        text.ShouldNotContain("avx512");
    }

    [Fact]
    public void CoresThatAreNotAlike_EachTellTheirOwnFrequency()
    {
        Frequency slow = new(1_250_000_000);
        using FileSandbox box = new(clocks: [new Frequency(2_500_000_000), slow, slow, slow]);
        string[] cpus = box.ReadAll("/proc/cpuinfo").Split("\n\n");
        cpus[0].ShouldContain("cpu MHz\t\t: 2500.000\n");
        cpus[1].ShouldContain("cpu MHz\t\t: 1250.000\n");
        cpus[1].ShouldContain("bogomips\t: 2500.00\n");
        box.ReadAll("/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq").ShouldBe("2500000\n");
        box.ReadAll("/sys/devices/system/cpu/cpu3/cpufreq/cpuinfo_max_freq").ShouldBe("1250000\n");
    }

    [Fact]
    public void Uptime_IsVirtual()
    {
        using FileSandbox box = new();
        box.Clock.Advance(VirtualDuration.FromMilliseconds(12_340));
        box.ReadAll("/proc/uptime").ShouldBe("12.34 49.36\n");
    }

    [Fact]
    public void SysTree_TellsCpusAndCaches()
    {
        using FileSandbox box = new();
        const string Cpu = "/sys/devices/system/cpu";
        box.ReadAll($"{Cpu}/online").ShouldBe("0-3\n");
        box.ReadAll($"{Cpu}/cpu1/cache/index0/size").ShouldBe("32K\n");
        box.ReadAll($"{Cpu}/cpu1/cache/index0/number_of_sets").ShouldBe("64\n");
        box.ReadAll($"{Cpu}/cpu1/cache/index0/shared_cpu_list").ShouldBe("1\n");
        box.ReadAll($"{Cpu}/cpu2/cache/index3/shared_cpu_map").ShouldBe("f\n");
        box.ReadAll($"{Cpu}/cpu3/cpufreq/scaling_cur_freq").ShouldBe("2500000\n");
        box.ReadAll("/sys/devices/system/node/node0/cpulist").ShouldBe("0-3\n");
    }

    [Fact]
    public void CpuSets_AreWrittenAsTheKernelDoes()
    {
        CpuListText.ToList([0, 1, 2, 5, 7, 8]).ShouldBe("0-2,5,7-8");
        CpuListText.ToMask([0, 33, 63], 64).ShouldBe("80000002,00000001");
        CpuListText.ToMask([0, 1], 6).ShouldBe("03");
    }

    [Fact]
    public void ProcRoot_ShowsNoHostProcess()
    {
        using FileSandbox box = new();
        box.List("/proc").Where(name => char.IsAsciiDigit(name[0]))
            .ShouldBe([$"{FileSandbox.ProcessId}"]);
        box.Open($"/proc/{Environment.ProcessId}/stat").ShouldBe(-Errno.ENOENT);
    }

    [Fact]
    public void SelfLinks_NameTheCaller()
    {
        using FileSandbox box = new();
        ReadLink(box, "/proc/self").ShouldBe($"{FileSandbox.ProcessId}");
        ReadLink(box, "/proc/self/cwd").ShouldBe("/sandbox");
        long descriptor = box.Open("file", 0x41);
        ReadLink(box, $"/proc/self/fd/{descriptor}").ShouldBe("/sandbox/file");
        ReadLink(box, "/proc/self/fd/1").ShouldStartWith("pipe:[");
        box.List("/proc/self/fd").ShouldBe([".", "..", "0", "1", "2", "3", "4"]);
    }

    [Fact]
    public void DeviceNull_SwallowsAndEnds()
    {
        using FileSandbox box = new();
        long descriptor = box.Open("/dev/null", 2);
        box.Write(descriptor, "text").ShouldBe(4);
        box.Read(descriptor).ShouldBe((0, ""));
        box.Write(box.Open("/dev/full", 1), "x").ShouldBe(-Errno.ENOSPC);
        box.Open("/dev/tty").ShouldBe(-Errno.ENXIO);
    }

    [Fact]
    public void Random_DependsOnTheSeedOnly()
    {
        using FileSandbox one = new();
        using FileSandbox two = new();
        byte[] first = ReadRandom(one);
        first.ShouldBe(ReadRandom(two));
        first.ShouldNotBe(ReadRandom(one));
    }

    [Fact]
    public void DeviceStdout_WritesToTheStream()
    {
        using FileSandbox box = new();
        box.Write(box.Open("/dev/stdout", 1), "through").ShouldBe(7);
        box.Output.Text.ShouldBe("through");
    }

    [Fact]
    public void SharedMemory_IsWritableAndPrivate()
    {
        using FileSandbox box = new();
        box.Write(box.Open("/dev/shm/a", 0x42), "abc").ShouldBe(3);
        box.ReadAll("/dev/shm/a").ShouldBe("abc");
        box.List("/dev/shm").ShouldBe([".", "..", "a"]);
        File.Exists("/dev/shm/a").ShouldBeFalse();
    }

    [Fact]
    public void Views_RefuseChanges()
    {
        using FileSandbox box = new();
        box.Open("/proc/cpuinfo", 1).ShouldBe(-Errno.EACCES);
        box.Open("/proc/new", 0x41).ShouldBe(-Errno.EACCES);
        box.Call(83, box.Text("/sys/new"), 0x1ff).ShouldBe(-Errno.EROFS);
        box.Call(87, box.Text("/proc/cpuinfo")).ShouldBe(-Errno.EPERM);
    }

    [Fact]
    public void Terminal_AnswersOnlyIfTheStreamIsOne()
    {
        TerminalOptions terminal = TerminalOptions.None with { IsOutputTerminal = true };
        using FileSandbox box = new(terminal: terminal);
        ulong buffer = box.Allocate(64);

        box.Call(16, 1, 0x5401, buffer).ShouldBe(0);
        box.Call(16, 1, 0x5413, buffer).ShouldBe(0);
        BitConverter.ToUInt16(box.Get(buffer, 2)).ShouldBe((ushort)24);
        box.Call(16, 0, 0x5401, buffer).ShouldBe(-Errno.ENOTTY);
        box.Call(16, 2, 0x5413, buffer).ShouldBe(-Errno.ENOTTY);
    }

    [Fact]
    public void Mounts_ListTheGrantAndTheViews()
    {
        using FileSandbox box = new();
        string mounts = box.ReadAll("/proc/mounts");
        mounts.ShouldContain("/dev/root /sandbox ext4 rw,noatime 0 0\n");
        mounts.ShouldContain("proc /proc proc rw,noatime 0 0\n");
        mounts.ShouldNotContain(box.Folder);
    }

    private static byte[] ReadRandom(FileSandbox box)
    {
        long descriptor = box.Open("/dev/urandom");
        ulong buffer = box.Allocate(32);
        box.Call(0, (ulong)descriptor, buffer, 32).ShouldBe(32);
        box.Close(descriptor);
        return box.Get(buffer, 32);
    }

    internal static string ReadLink(FileSandbox box, string path)
    {
        ulong buffer = box.Allocate(256);
        long length = box.Call(89, box.Text(path), buffer, 256);
        return System.Text.Encoding.UTF8.GetString(box.Get(buffer, (int)length));
    }
}

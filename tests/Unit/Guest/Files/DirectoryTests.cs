using Dilaton.Guest;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Guest.Files;

public sealed class DirectoryTests
{
    private const int ReadWriteCreate = 0x42;

    [Fact]
    public void Names_ComeInByteOrder()
    {
        using FileSandbox box = new();
        foreach (string name in (string[])["b", "B", "é", "a10", "a2", "_"])
        {
            File.WriteAllText(box.Host(name), "");
        }

        box.List("/sandbox").ShouldBe([".", "..", "B", "_", "a10", "a2", "b", "é"]);
    }

    [Fact]
    public void InodeNumbers_DoNotDependOnTheHost()
    {
        using FileSandbox one = new();
        using FileSandbox two = new();
        foreach (string name in (string[])["x", "y", "z"])
        {
            File.WriteAllText(one.Host(name), "");
        }

        foreach (string name in (string[])["z", "y", "x"])
        {
            File.WriteAllText(two.Host(name), "");
        }

        one.List("/sandbox");
        two.List("/sandbox");
        one.Stat("z").Stat.ShouldBe(two.Stat("z").Stat);
    }

    [Fact]
    public void HardLink_KeepsItsNumberAndANewFileGetsAnother()
    {
        using FileSandbox box = new();
        box.Close(box.Open("a", ReadWriteCreate));
        box.Call(86, box.Text("a"), box.Text("b")).ShouldBe(0);
        box.Stat("b").Stat.Inode.ShouldBe(box.Stat("a").Stat.Inode);
        box.Stat("b").Stat.LinkCount.ShouldBe(2ul);

        ulong old = box.Stat("a").Stat.Inode;
        box.Call(87, box.Text("a")).ShouldBe(0);
        box.Call(87, box.Text("b")).ShouldBe(0);
        box.Close(box.Open("c", ReadWriteCreate));
        box.Stat("c").Stat.Inode.ShouldNotBe(old);
    }

    [Fact]
    public void WorkingFolder_FollowsARename()
    {
        using FileSandbox box = new();
        box.Call(83, box.Text("old"), 0x1ff).ShouldBe(0);
        box.Call(80, box.Text("old")).ShouldBe(0);
        box.Call(82, box.Text("/sandbox/old"), box.Text("/sandbox/new")).ShouldBe(0);

        WorkingFolder(box).ShouldBe("/sandbox/new");
        box.Open("made", ReadWriteCreate).ShouldBeGreaterThan(0);
        File.Exists(box.Host("new/made")).ShouldBeTrue();
    }

    [Fact]
    public void RemovedWorkingFolder_IsEnoent()
    {
        using FileSandbox box = new();
        box.Call(83, box.Text("d"), 0x1ff).ShouldBe(0);
        box.Call(80, box.Text("d")).ShouldBe(0);
        box.Call(84, box.Text("/sandbox/d")).ShouldBe(0);

        box.Call(79, box.Allocate(256), 256).ShouldBe(-Errno.ENOENT);
        box.Open("x", ReadWriteCreate).ShouldBe(-Errno.ENOENT);
        box.Call(80, box.Text("/sandbox")).ShouldBe(0);
    }

    [Fact]
    public void WorkingFolderBuffer_TooSmallIsErange()
    {
        using FileSandbox box = new();
        box.Call(79, box.Allocate(16), 8).ShouldBe(-Errno.ERANGE);
        box.Call(79, box.Allocate(16), 9).ShouldBe(9);
        box.Call(79, FileSandbox.BadPointer, 100).ShouldBe(-Errno.EFAULT);
    }

    [Fact]
    public void ManyFolders_StayReachableWithFewHandles()
    {
        using FileSandbox box = new();
        for (int i = 0; i < 400; i++)
        {
            box.Call(83, box.Text($"d{i}"), 0x1ff).ShouldBe(0);
            box.Close(box.Open($"d{i}/file", ReadWriteCreate)).ShouldBe(0);
        }

        for (int i = 0; i < 400; i++)
        {
            box.Stat($"d{i}/file").Result.ShouldBe(0);
        }
    }

    [Fact]
    public void MountPoint_CannotBeRemovedOrMoved()
    {
        using FileSandbox box = new();
        box.Call(84, box.Text("/dev/shm")).ShouldBeLessThan(0);
        box.Call(82, box.Text("/sandbox"), box.Text("/x")).ShouldBeLessThan(0);
        box.List("/").ShouldBe([".", "..", "dev", "proc", "sandbox", "sys", "tmp"]);
    }

    [Fact]
    public void GrantBelowAMemoryFolder_IsSeen()
    {
        using FileSandbox sandbox = new();
        File.WriteAllText(sandbox.Host("file"), "");
        FileSystemOptions options = sandbox.Options with
        {
            Grants =
            [
                new FileGrant(sandbox.Folder, "/tmp/deep/inner", FileAccessRight.ReadWrite),
                new FileGrant("/", "/", FileAccessRight.ReadOnly),
                new FileGrant(sandbox.Folder, "/dev/shm", FileAccessRight.ReadOnly),
            ],
            WorkingDirectory = "/tmp/deep/inner",
        };
        NodeFileSystem files = new(options, new FileOrigin(0, 1, 0, 0), sandbox.Streams);
        DirectoryInode start = files.InitialDirectory;

        start.GetPath().ShouldBe("/tmp/deep/inner");
        files.Resolver.Resolve(start, "file", true).Target.ShouldNotBeNull();
        files.Resolver.Resolve(start, "/dev/shm/file", true).Target.ShouldNotBeNull();
        files.Resolver.Resolve(start, "../../../usr/bin", true).Target.ShouldNotBeNull();
        files.Resolver.Resolve(start, "/proc/cpuinfo", true).Target.ShouldNotBeNull();
        start.Parent.MakeDirectory("x", 0x1ff).ShouldBe(Errno.EROFS);
    }

    [Fact]
    public void Owner_IsVirtual()
    {
        using FileSandbox box = new();
        box.Close(box.Open("a", ReadWriteCreate));
        box.Call(92, box.Text("a"), 77, 78).ShouldBe(0);
        box.Stat("a").Stat.UserId.ShouldBe(77u);
    }

    [Fact]
    public void Times_AreWhatTheGuestSets()
    {
        using FileSandbox box = new();
        box.Close(box.Open("a", ReadWriteCreate));
        ulong times = box.Put(new byte[32]);
        box.Memory.TryWrite(times, 11L);
        box.Memory.TryWrite(times + 16, 22L);
        box.Memory.TryWrite(times + 24, 33L);
        box.Call(280, unchecked((ulong)-100), box.Text("a"), times, 0).ShouldBe(0);

        GuestStat stat = box.Stat("a").Stat;
        (stat.ModifySeconds, stat.ModifyNanoseconds).ShouldBe((22, 33));
        box.Memory.TryWrite(times + 8, 1_000_000_000L);
        box.Call(280, unchecked((ulong)-100), box.Text("a"), times, 0).ShouldBe(-Errno.EINVAL);
    }

    [Fact]
    public void SendFile_CopiesFromFileToPipe()
    {
        using FileSandbox box = new();
        File.WriteAllText(box.Host("a"), "0123456789");
        long file = box.Open("a");
        (long reading, long writing) = PipeTests.CreatePipe(box);
        ulong offset = box.Put(BitConverter.GetBytes(2L));

        box.Call(40, (ulong)writing, (ulong)file, offset, 5).ShouldBe(5);
        box.Read(reading).Text.ShouldBe("23456");
        BitConverter.ToInt64(box.Get(offset, 8)).ShouldBe(7L);
        box.Call(40, (ulong)writing, (ulong)file, 0, 100).ShouldBe(10);
        box.Read(file).Result.ShouldBe(0);
    }

    [Fact]
    public void CopyRange_CopiesBetweenFiles()
    {
        using FileSandbox box = new();
        File.WriteAllText(box.Host("a"), "0123456789");
        long from = box.Open("a");
        long to = box.Open("b", ReadWriteCreate);

        box.Call(326, (ulong)from, 0, (ulong)to, 0, 100, 0).ShouldBe(10);
        File.ReadAllText(box.Host("b")).ShouldBe("0123456789");
        box.Call(326, (ulong)from, 0, (ulong)to, 0, 100, 0).ShouldBe(0);
        box.Call(326, (ulong)from, 0, (ulong)from, 0, 1, 0).ShouldBe(-Errno.EBADF);
    }

    [Fact]
    public void Vectors_ReadAndWriteInOrder()
    {
        using FileSandbox box = new();
        long file = box.Open("a", ReadWriteCreate);
        ulong vector = box.Put(new byte[32]);
        box.Memory.TryWrite(vector, box.Text("ab"));
        box.Memory.TryWrite(vector + 8, 2L);
        box.Memory.TryWrite(vector + 16, box.Text("cde"));
        box.Memory.TryWrite(vector + 24, 3L);

        box.Call(20, (ulong)file, vector, 2).ShouldBe(5);
        File.ReadAllText(box.Host("a")).ShouldBe("abcde");
        box.Call(295, (ulong)file, vector, 2, 1, 0).ShouldBe(4);
        box.Call(20, (ulong)file, vector, 1025).ShouldBe(-Errno.EINVAL);
    }

    [Fact]
    public void Statfs_TellsFixedNumbers()
    {
        using FileSandbox box = new();
        ulong buffer = box.Allocate(120);
        box.Call(137, box.Text("/sandbox"), buffer).ShouldBe(0);
        byte[] first = box.Get(buffer, 120);
        BitConverter.ToInt64(first).ShouldBe(0xef53);
        box.Call(137, box.Text("/tmp"), buffer).ShouldBe(0);
        BitConverter.ToInt64(box.Get(buffer, 8)).ShouldBe(0x01021994);
    }

    private static string WorkingFolder(FileSandbox box)
    {
        ulong buffer = box.Allocate(256);
        long length = box.Call(79, buffer, 256);
        return System.Text.Encoding.UTF8.GetString(box.Get(buffer, (int)length - 1));
    }
}

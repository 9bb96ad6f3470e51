using Dilaton.Core;
using Dilaton.Guest;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Guest.Files;

public sealed class OpenCallsTests
{
    private const int WriteOnly = 1;
    private const int ReadWrite = 2;
    private const int Create = 0x40;
    private const int Exclusive = 0x80;
    private const int Truncate = 0x200;
    private const int Append = 0x400;

    [Fact]
    public void Write_ReachesTheGrantedHostFolder()
    {
        using FileSandbox box = new();

        long descriptor = box.Open("out.txt", Create | WriteOnly);
        descriptor.ShouldBe(3);
        box.Write(descriptor, "hello").ShouldBe(5);
        box.Close(descriptor).ShouldBe(0);

        File.ReadAllText(box.Host("out.txt")).ShouldBe("hello");
    }

    [Fact]
    public void StandardOutput_GoesToItsSink()
    {
        using FileSandbox box = new();

        box.Write(1, "to out").ShouldBe(6);
        box.Write(2, "to err").ShouldBe(6);

        box.Output.Text.ShouldBe("to out");
        box.Error.Text.ShouldBe("to err");
        box.Write(0, "x").ShouldBe(-Errno.EBADF);
    }

    [Fact]
    public void StandardInput_EndsWithItsBytes()
    {
        using FileSandbox box = new(input: "line\n");

        box.Read(0).ShouldBe((5, "line\n"));
        box.Read(0).ShouldBe((0, ""));
    }

    [Fact]
    public void ReadOnlyGrant_RefusesEveryKindOfOpenForWriting()
    {
        using FileSandbox box = new(FileAccessRight.ReadOnly);
        File.WriteAllText(box.Host("a"), "a");

        box.Open("a", WriteOnly).ShouldBe(-Errno.EROFS);
        box.Open("a", ReadWrite).ShouldBe(-Errno.EROFS);
        box.Open("a", Truncate).ShouldBe(-Errno.EROFS);
        box.Open("new", Create | WriteOnly).ShouldBe(-Errno.EROFS);
        box.Open("a", Create | Exclusive | WriteOnly).ShouldBe(-Errno.EEXIST);
        box.ReadAll("a").ShouldBe("a");
    }

    [Fact]
    public void Append_WritesAtTheEndWhereverThePositionIs()
    {
        using FileSandbox box = new();
        File.WriteAllText(box.Host("a"), "one");

        long descriptor = box.Open("a", WriteOnly | Append);
        box.Call(8, (ulong)descriptor, 0, 0).ShouldBe(0);
        box.Write(descriptor, "two").ShouldBe(3);

        box.Call(8, (ulong)descriptor, 0, 1).ShouldBe(6);
        File.ReadAllText(box.Host("a")).ShouldBe("onetwo");
    }

    [Fact]
    public void Duplicate_SharesThePosition()
    {
        using FileSandbox box = new();
        File.WriteAllText(box.Host("a"), "abcdef");

        long first = box.Open("a");
        long second = box.Call(32, (ulong)first);
        box.Read(first, 3).Text.ShouldBe("abc");
        box.Close(first).ShouldBe(0);

        box.Read(second, 3).Text.ShouldBe("def");
    }

    [Fact]
    public void Descriptors_AreTheLowestFree()
    {
        using FileSandbox box = new();
        box.Open("/").ShouldBe(3);
        box.Open("/").ShouldBe(4);
        box.Close(3).ShouldBe(0);
        box.Open("/").ShouldBe(3);
        box.Call(72, 3, 0, 10).ShouldBe(10);
        box.Call(33, 3, 7).ShouldBe(7);
        box.Open("/").ShouldBe(5);
        box.Call(33, 3, 1024).ShouldBe(-Errno.EBADF);
        box.Call(72, 3, 0, 1024).ShouldBe(-Errno.EINVAL);
    }

    [Fact]
    public void FullTable_IsEmfileAndLeaksNothing()
    {
        using FileSandbox box = new();
        box.Process.Descriptors.Limit = 5;
        box.Open("/").ShouldBe(3);
        box.Open("/").ShouldBe(4);
        box.Open("/").ShouldBe(-Errno.EMFILE);
        box.Close(4).ShouldBe(0);
        box.Open("/").ShouldBe(4);
    }

    [Fact]
    public void BadPointers_AreEfault()
    {
        using FileSandbox box = new();
        long descriptor = box.Open("a", Create | ReadWrite);
        box.Write(descriptor, "text");

        box.Call(17, (ulong)descriptor, FileSandbox.BadPointer, 4, 0).ShouldBe(-Errno.EFAULT);
        box.Call(1, (ulong)descriptor, FileSandbox.BadPointer, 4).ShouldBe(-Errno.EFAULT);
        box.Call(5, (ulong)descriptor, FileSandbox.BadPointer).ShouldBe(-Errno.EFAULT);
        box.Call(2, FileSandbox.BadPointer, 0).ShouldBe(-Errno.EFAULT);
        box.Call(20, (ulong)descriptor, FileSandbox.BadPointer, 1).ShouldBe(-Errno.EFAULT);
    }

    [Fact]
    public void Read_StopsAtTheEndOfAccessibleMemory()
    {
        using FileSandbox box = new();
        File.WriteAllText(box.Host("a"), "0123456789");
        long descriptor = box.Open("a");
        ulong nearEnd = FakeMemory.Start + FakeMemory.SizeBytes - 4;

        box.Call(0, (ulong)descriptor, nearEnd, 10).ShouldBe(4);
        box.Read(descriptor).Text.ShouldBe("456789");
    }

    [Fact]
    public void Status_ShowsVirtualTimesAndOwners()
    {
        using FileSandbox box = new();
        File.WriteAllText(box.Host("old"), "xyz");
        box.Clock.Advance(VirtualDuration.FromMicroseconds(1_500_000));
        long descriptor = box.Open("new", Create | WriteOnly);
        box.Write(descriptor, "data");

        GuestStat old = box.Stat("old").Stat;
        GuestStat made = box.Stat("new").Stat;

        (old.ModifySeconds, old.ModifyNanoseconds).ShouldBe((FileSandbox.Epoch, 0));
        (made.ModifySeconds, made.ModifyNanoseconds)
            .ShouldBe((FileSandbox.Epoch + 1, 500_000_000));
        (old.SizeBytes, old.UserId, old.Blocks).ShouldBe((3, 0u, 8));
        made.Mode.ShouldBe(0x81a4u);
        made.Inode.ShouldNotBe(old.Inode);
    }

    [Fact]
    public void Umask_HoldsForCreatedFiles()
    {
        using FileSandbox box = new();
        box.Open("a", Create | WriteOnly, 0x1ff);
        box.Stat("a").Stat.Mode.ShouldBe(0x81edu);
    }

    [Theory]
    [InlineData("/sandbox/a")]
    [InlineData("/tmp/a")]
    public void OrdinaryUser_IsHeldToTheOwnersPermissions(string path)
    {
        using FileSandbox box = new(userId: 1000);
        long descriptor = box.Open(path, Create | WriteOnly, 0x124);
        box.Write(descriptor, "text").ShouldBe(4);

        box.Open(path, WriteOnly).ShouldBe(-Errno.EACCES);
        box.Call(21, box.Text(path), 2).ShouldBe(-Errno.EACCES);
        box.ReadAll(path).ShouldBe("text");
        box.Stat(path).Stat.Mode.ShouldBe(0x8124u);
        box.Call(90, box.Text(path), 0x80).ShouldBe(0);
        box.Open(path, WriteOnly).ShouldBeGreaterThan(0);
        box.Open(path).ShouldBe(-Errno.EACCES);
        box.Call(90, box.Text(path), 0).ShouldBe(0);
        box.Open(path).ShouldBe(-Errno.EACCES);
        box.Call(90, box.Text(path), 0x180).ShouldBe(0);
        box.ReadAll(path).ShouldBe("text");
    }

    [Fact]
    public void Mode_OfALinkIsNotChangedThroughIt()
    {
        using FileSandbox box = new();
        box.Close(box.Open("a", Create | WriteOnly, 0x1a4));
        box.Call(88, box.Text("a"), box.Text("l")).ShouldBe(0);

        box.Call(452, unchecked((ulong)-100), box.Text("l"), 0x1c0, 0x100)
            .ShouldBe(-Errno.EOPNOTSUPP);
        box.Call(90, box.Text("l"), 0x1c0).ShouldBe(0);
        box.Stat("a").Stat.Mode.ShouldBe(0x81c0u);
    }

    [Fact]
    public void MemoryFile_GrowsAndSeeks()
    {
        using FileSandbox box = new();
        long descriptor = box.Call(319, box.Text("buffer"), 0);
        box.Write(descriptor, "abc").ShouldBe(3);
        box.Call(8, (ulong)descriptor, 1, 0).ShouldBe(1);
        box.Read(descriptor).Text.ShouldBe("bc");
    }
}

using System.Globalization;
using Dilaton.Core;
using Dilaton.Guest;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Guest;

[Collection(GuestWindow.Name)]
public sealed class AddressSpaceTests : IDisposable
{
    private const ulong Page = GuestPage.SizeBytes;
    private const GuestProtection ReadWrite = GuestProtection.Read | GuestProtection.Write;
    private const GuestProtection Code = GuestProtection.Read | GuestProtection.Execute;

    private readonly AddressSpace _space = new(new AddressSpaceOptions
    {
        LimitBytes = 64 * Page,
        Addressing = MemoryAddressing.FirstTouch,
    });

    public void Dispose() => _space.Dispose();

    [Theory]
    [InlineData(GuestLayout.EngineStart)]
    [InlineData(GuestLayout.EngineEnd - Page)]
    [InlineData(GuestLayout.WindowSizeBytes)]
    [InlineData(0x7fff_ffff_e000)]
    public void AccessThatMetTheWorkersMemory_IsTheGuestsEnd(ulong address) =>
        Should.Throw<WildAccessException>(() => _space.Translate(new GuestVirtualAddress(address)))
            .Message.ShouldContain($"0x{address:x}");

    [Fact]
    public void Map_PlacesEachKindInItsOwnRange()
    {
        Map(2).ShouldBe(GuestLayout.AnonymousStart);
        Map(1).ShouldBe(GuestLayout.AnonymousStart + (2 * Page));
        Map(1, Code).ShouldBe(GuestLayout.ModulesStart);
    }

    [Fact]
    public void Map_ReusesTheLowestGap()
    {
        ulong first = Map(2);
        Map(1);
        _space.Unmap(first, 2 * Page).ShouldBe(0);
        Map(2).ShouldBe(first);
    }

    [Fact]
    public void Map_BeyondTheLimitIsOutOfMemory_AndUnmapGivesItBack()
    {
        ulong most = Map(64);
        _space.Map(Request(1)).ShouldBe(-Errno.ENOMEM);
        _space.Unmap(most, Page);
        _space.Map(Request(1)).ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Map_OfInaccessibleMemoryIsFree_UntilItIsMadeAccessible()
    {
        ulong reserved = (ulong)_space.Map(Request(1000, GuestProtection.None));
        _space.CommittedBytes.ShouldBe(0UL);
        _space.Protect(reserved, 64 * Page, ReadWrite).ShouldBe(0);
        _space.Protect(reserved + (64 * Page), Page, ReadWrite).ShouldBe(-Errno.ENOMEM);
    }

    [Fact]
    public void Map_NeverReachesTheEngine()
    {
        MapRequest there = Request(1) with
        {
            Address = GuestLayout.EngineStart,
            Placement = MapPlacement.Fixed,
        };
        _space.Map(there).ShouldBe(-Errno.ENOMEM);
        _space.Map(there with { Address = GuestLayout.EngineStart - Page, LengthBytes = 2 * Page })
            .ShouldBe(-Errno.ENOMEM);
    }

    [Fact]
    public void Map_FixedNoReplaceKeepsWhatIsThere()
    {
        ulong at = Map(1);
        MapRequest again = Request(1) with
        {
            Address = at,
            Placement = MapPlacement.FixedNoReplace,
        };
        _space.Map(again).ShouldBe(-Errno.EEXIST);
        _space.Bytes(at, 1)[0] = 5;
        _space.Map(again with { Placement = MapPlacement.Fixed }).ShouldBe((long)at);
        _space.Bytes(at, 1)[0].ShouldBe((byte)0);
    }

    [Fact]
    public void Discard_ZeroesAnonymousPages()
    {
        ulong at = Map(2);
        _space.Bytes(at, 8192).Fill(9);
        _space.Discard(at + Page, Page).ShouldBe(0);
        _space.Bytes(at, 1)[0].ShouldBe((byte)9);
        _space.Bytes(at + Page, 4096).IndexOfAnyExcept((byte)0).ShouldBe(-1);
    }

    [Fact]
    public void Remap_MovesBytesAndFrames_WhenItCantGrowInPlace()
    {
        ulong at = Map(2);
        Map(1);
        _space.Bytes(at, 8192).Fill(3);
        GuestPhysicalAddress frame = Translate(at + Page);
        long moved = _space.Remap(at, 2 * Page, 4 * Page, mayMove: true, target: null);

        ((ulong)moved).ShouldBeGreaterThan(at);
        _space.Bytes((ulong)moved, 8192).IndexOfAnyExcept((byte)3).ShouldBe(-1);
        _space.Bytes((ulong)moved + (2 * Page), 1)[0].ShouldBe((byte)0);
        Translate((ulong)moved + Page).ShouldBe(frame);
        _space.TryFindArea(at, out _).ShouldBeFalse();
        _space.Remap((ulong)moved, 4 * Page, Page, mayMove: false, target: null).ShouldBe(moved);
    }

    [Fact]
    public void Remap_GrowsInPlaceIntoFreeSpace()
    {
        ulong at = Map(1);
        _space.Bytes(at, 1)[0] = 8;
        _space.Remap(at, Page, 3 * Page, mayMove: false, target: null).ShouldBe((long)at);
        _space.Bytes(at, 1)[0].ShouldBe((byte)8);
        _space.Areas.Count.ShouldBe(1);
    }

    [Fact]
    public void Remap_LargerThanTheLimitTogether_StillMoves()
    {
        ulong at = Map(40);
        ulong next = Map(1);
        _space.Remap(at, 40 * Page, 63 * Page, mayMove: true, target: null)
            .ShouldBe((long)(next + Page));
        _space.CommittedBytes.ShouldBe(64 * Page);
    }

    [Fact]
    public void Heap_GrowsShrinksAndStopsAtTheLimit()
    {
        _space.SetHeap(0x40_5123);
        _space.SetHeapEnd(0).ShouldBe(0x40_6000UL);
        _space.SetHeapEnd(0x40_8010).ShouldBe(0x40_8010UL);
        _space.Bytes(0x40_8000, 1)[0] = 1;
        _space.SetHeapEnd(0x40_6000).ShouldBe(0x40_6000UL);
        _space.SetHeapEnd(0x40_9000).ShouldBe(0x40_9000UL);
        _space.Bytes(0x40_8000, 1)[0].ShouldBe((byte)0);
        _space.SetHeapEnd(0x80_0000).ShouldBe(0x40_9000UL);
    }

    [Fact]
    public void PrivateFile_IsACopyThatEndsInZeroes()
    {
        byte[] bytes = [.. Enumerable.Range(0, 5000).Select(i => (byte)(i | 1))];
        ulong at = (ulong)_space.Map(Request(2) with
        {
            Kind = AreaKind.PrivateFile,
            File = new BytesFile("/lib/a", bytes),
        });

        at.ShouldBe(GuestLayout.ModulesStart);
        _space.Bytes(at, 5000).SequenceEqual(bytes).ShouldBeTrue();
        _space.Bytes(at + 5000, 3192).IndexOfAnyExcept((byte)0).ShouldBe(-1);
    }

    [Fact]
    public void SharedFile_ShowsWritesInTheFileAndInEveryMapping()
    {
        string path = Path.GetTempFileName();
        File.WriteAllBytes(path, new byte[8192]);
        using (var host = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite))
        {
            MapRequest request = Request(2) with
            {
                Kind = AreaKind.SharedFile,
                File = new BytesFile("/data", new byte[8192], host),
            };
            ulong first = (ulong)_space.Map(request);
            ulong second = (ulong)_space.Map(request);
            _space.Bytes(first + Page, 1)[0] = 42;

            _space.Bytes(second + Page, 1)[0].ShouldBe((byte)42);
            Translate(first + Page).ShouldBe(Translate(second + Page));
            _space.Sync(first, 2 * Page, 4).ShouldBe(0);
        }

        File.ReadAllBytes(path)[4096].ShouldBe((byte)42);
        File.Delete(path);
    }

    [Fact]
    public void Apart_AreThoseThatShareNoWritablePage()
    {
        string path = Path.GetTempFileName();
        File.WriteAllBytes(path, new byte[8192]);
        using (var host = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite))
        {
            MapRequest request = Request(2, GuestProtection.Read) with
            {
                Kind = AreaKind.SharedFile,
                File = new BytesFile("/data", new byte[8192], host),
            };
            ulong shared = (ulong)_space.Map(request);
            AddressSpace child = _space.Fork()!;
            _space.IsApartFrom(_space).ShouldBeFalse();
            _space.IsApartFrom(child).ShouldBeTrue();
            child.Activate();
            child.Protect(shared, Page, ReadWrite).ShouldBe(0);
            _space.IsApartFrom(child).ShouldBeFalse();
            child.IsApartFrom(_space).ShouldBeFalse();
            child.Unmap(shared, Page).ShouldBe(0);
            child.IsApartFrom(_space).ShouldBeTrue();
            child.Release();
            _space.Activate();
        }

        File.Delete(path);
    }

    [Fact]
    public void Withdrawn_IsDeniedWhatItShares_UntilItTakesPart()
    {
        string path = Path.GetTempFileName();
        File.WriteAllBytes(path, new byte[8192]);
        using (var host = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite))
        {
            ulong shared = (ulong)_space.Map(Request(2) with
            {
                Kind = AreaKind.SharedFile,
                File = new BytesFile("/data", new byte[8192], host),
            });
            ulong own = Map(1);
            VirtualTime now = default(VirtualTime) + VirtualDuration.FromMicroseconds(100);
            _space.TryTakePart(shared, now).ShouldBeFalse();
            _space.TryWithdraw(now).ShouldBeTrue();
            HostRights(shared).ShouldStartWith("---");
            HostRights(own).ShouldStartWith("rw-");
            _space.TryTakePart(own, now).ShouldBeFalse();

            _space.TryTakePart(shared + Page, now).ShouldBeTrue();
            HostRights(shared).ShouldStartWith("rw-");
            _space.TryWithdraw(now).ShouldBeFalse();
            now += VirtualDuration.FromMicroseconds(1);
            _space.TryWithdraw(now).ShouldBeTrue();
            _space.Bytes(shared, 1)[0].ShouldBe((byte)0);
            HostRights(shared).ShouldStartWith("rw-");
            _space.TryWithdraw(now).ShouldBeTrue();
            HostRights(shared).ShouldStartWith("---");
        }

        File.Delete(path);
    }

    [Fact]
    public void TakingPartAgainAtOnce_LastsTwiceAsLong_UpTo16Microseconds()
    {
        string path = Path.GetTempFileName();
        File.WriteAllBytes(path, new byte[4096]);
        using (var host = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite))
        {
            ulong shared = (ulong)_space.Map(Request(1) with
            {
                Kind = AreaKind.SharedFile,
                File = new BytesFile("/data", new byte[4096], host),
            });
            VirtualTime now = default(VirtualTime) + VirtualDuration.FromMicroseconds(100);
            foreach (ulong microseconds in new ulong[] { 1, 2, 4, 8, 16, 16 })
            {
                _space.TryWithdraw(now).ShouldBeTrue();
                _space.TryTakePart(shared, now).ShouldBeTrue();
                VirtualDuration part = VirtualDuration.FromMicroseconds(microseconds);
                _space.TryWithdraw(now + (part - VirtualDuration.FromPicoseconds(1))).ShouldBeFalse();
                now += part;
            }

            now += VirtualDuration.FromMicroseconds(1000);
            _space.TryWithdraw(now).ShouldBeTrue();
            _space.TryTakePart(shared, now).ShouldBeTrue();
            _space.TryWithdraw(now + VirtualDuration.FromMicroseconds(1)).ShouldBeTrue();
        }

        File.Delete(path);
    }

    [Fact]
    public void Withdrawn_WhileAnotherIsResident_IsDeniedWhatItSharesWhenItComesBack()
    {
        string path = Path.GetTempFileName();
        File.WriteAllBytes(path, new byte[4096]);
        using (var host = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite))
        {
            ulong shared = (ulong)_space.Map(Request(1) with
            {
                Kind = AreaKind.SharedFile,
                File = new BytesFile("/data", new byte[4096], host),
            });
            AddressSpace child = _space.Fork()!;
            child.Activate();
            _space.TryWithdraw(default).ShouldBeTrue();
            HostRights(shared).ShouldStartWith("rw-");
            _space.Activate();
            HostRights(shared).ShouldStartWith("---");
            child.Release();
        }

        File.Delete(path);
    }

    [Fact]
    public void ReservationsLieWhereCodeMayBe_ButThoseOfMallocAndVeryLargeOnes()
    {
        MapRequest reservation = Request(1, GuestProtection.None) with { IsReservation = true };
        _space.SetHeap(0x50_0000);
        At(reservation with { LengthBytes = 200UL << 20 }).ShouldBe(GuestLayout.ModulesStart);
        At(reservation with { LengthBytes = 128UL << 20 }).ShouldBe(GuestLayout.AnonymousStart);
        At(reservation with { LengthBytes = 600UL << 20 }).ShouldBeGreaterThan(GuestLayout.AnonymousStart);
        ulong code = At(reservation with { LengthBytes = 513UL << 20 });
        code.ShouldBe(GuestLayout.PositionIndependentImage);
        _space.Protect(code + Page, Page, ReadWrite | GuestProtection.Execute).ShouldBe(0);
        ulong page = At(Request(1, GuestProtection.Write));
        _space.Protect(page, Page, GuestProtection.Write | GuestProtection.Execute).ShouldBe(0);
    }

    [Fact]
    public void Fork_OmitsAndWipesWhatWasAdvised()
    {
        ulong at = Map(3);
        _space.Bytes(at, 3 * (int)Page).Fill(7);
        _space.Advise(at, Page, ForkAdvice.Wipe, undoes: false).ShouldBe(0);
        _space.Advise(at + Page, 2 * Page, ForkAdvice.Omit, undoes: false).ShouldBe(0);
        _space.Advise(at + (2 * Page), Page, ForkAdvice.Omit, undoes: true).ShouldBe(0);
        AddressSpace child = _space.Fork()!;
        child.Activate();
        child.Bytes(at, 1)[0].ShouldBe((byte)0);
        child.Bytes(at + (2 * Page), 1)[0].ShouldBe((byte)7);
        child.Covers(at + Page, at + (2 * Page)).ShouldBeFalse();
        At(Request(1) with { Address = at + Page, Placement = MapPlacement.Fixed }, child);
        child.Bytes(at + Page, 1)[0].ShouldBe((byte)0);
        child.Release();
        _space.Activate();
        _space.Bytes(at, 1)[0].ShouldBe((byte)7);
        _space.Bytes(at + Page, 1)[0].ShouldBe((byte)7);
    }

    private ulong At(MapRequest request, AddressSpace? space = null)
    {
        long at = (space ?? _space).Map(request);
        at.ShouldBeGreaterThan(0);
        return (ulong)at;
    }

    /// <summary>As the host says it: rwxp.</summary>
    private static string HostRights(ulong address)
    {
        foreach (string line in File.ReadLines("/proc/self/maps"))
        {
            string[] words = line.Split(' ', '-');
            if (ulong.Parse(words[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture) <= address
                && address < ulong.Parse(words[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture))
            {
                return line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..];
            }
        }

        return "nothing";
    }

    [Fact]
    public void Translate_GivesFramesInOrderOfFirstTouch_AndReusesFreedOnes()
    {
        ulong at = Map(3);
        Translate(at + (2 * Page)).Value.ShouldBe(0UL);
        Translate(at + 7).Value.ShouldBe(Page + 7);
        Translate(at + (2 * Page) + 1).Value.ShouldBe(1UL);
        _space.FirstTouches.ShouldBe(2UL);
        _space.Unmap(at + (2 * Page), Page);
        Translate(at + Page).Value.ShouldBe(0UL);
        _space.FirstTouches.ShouldBe(3UL);
    }

    [Fact]
    public void WatchedCode_FaultsOnceOnAGuestWrite_ThenTellsTheEngine()
    {
        ulong at = Map(2, ReadWrite | GuestProtection.Execute);
        var watcher = new CodeWatcher();
        _space.Observe(watcher);
        _space.WatchCode(at);

        _space.TryResolveFault(at + 100).ShouldBeTrue();
        watcher.Code.ShouldBe([(at, Page)]);
        _space.Bytes(at, 1)[0] = 1;
        _space.TryResolveFault(at + 100).ShouldBeFalse();
    }

    [Fact]
    public void WatchedCode_ThatTheGuestMayNotWrite_IsAFaultOfItsOwn()
    {
        ulong at = Map(1, Code);
        _space.WatchCode(at);
        _space.TryResolveFault(at).ShouldBeFalse();
    }

    [Fact]
    public void WatchedCode_IsDroppedByUnmapAndByMakingItWritable()
    {
        ulong at = Map(2, Code);
        var watcher = new CodeWatcher();
        _space.Observe(watcher);
        _space.WatchCode(at);
        _space.WatchCode(at + Page);
        _space.Protect(at, Page, ReadWrite);
        watcher.Code.ShouldBe([(at, Page)]);
        _space.Unmap(at, 2 * Page);
        watcher.Code.Count.ShouldBe(2);
        watcher.Mappings.Count.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void KernelStores_IntoWatchedCodeTellTheEngine()
    {
        ulong at = Map(3, ReadWrite | GuestProtection.Execute);
        var watcher = new CodeWatcher();
        var memory = new UserMemory(new AccessLog());
        memory.Bind(_space, new VcpuId(0));
        _space.Observe(watcher);
        _space.WatchCode(at + Page);

        memory.TryWrite(at, new byte[4096]).ShouldBeTrue();
        watcher.Code.ShouldBeEmpty();
        memory.TryWrite(at + Page - 2, 0x1234_5678).ShouldBeTrue();
        watcher.Code.ShouldBe([(at + Page, Page)]);
        memory.TryRead(at + Page - 2, out int value).ShouldBeTrue();
        value.ShouldBe(0x1234_5678);
    }

    [Fact]
    public void FetchCode_StopsWhereTheGuestMayNotExecute()
    {
        ulong at = Map(1, Code);
        byte[] code = new byte[16];
        _space.FetchCode(at + Page - 5, code).ShouldBe(5);
        _space.FetchCode(Map(1), code).ShouldBe(0);
        _space.FetchCode(0, code).ShouldBe(0);
    }

    [Fact]
    public void Protect_RefusesCodeAboveTheEngine() =>
        _space.Protect(Map(1), Page, Code).ShouldBe(-Errno.EACCES);

    [Fact]
    public void UserMemory_RefusesWhatTheGuestItselfMayNot()
    {
        var log = new AccessLog();
        var memory = new UserMemory(log);
        memory.Bind(_space, new VcpuId(3));
        ulong at = Map(2);
        _space.Protect(at + Page, Page, GuestProtection.Read);

        memory.TryWrite(at + Page - 4, 1UL).ShouldBeFalse();
        memory.TryWrite(at + Page - 4, 1U).ShouldBeTrue();
        memory.TryRead(at + Page - 4, out ulong _).ShouldBeTrue();
        memory.TryRead(at + (2 * Page) - 4, out ulong _).ShouldBeFalse();
        memory.TryRead(ulong.MaxValue - 3, out ulong _).ShouldBeFalse();
        memory.TryGetSpan(at, 3 * Page, forWrite: true, out Span<byte> span).ShouldBeTrue();
        span.Length.ShouldBe(4096);
        memory.CopiedBytes.ShouldBe(12UL);
        log.Copies.ShouldBe([(3, at + Page - 4, 4, true), (3, at + Page - 4, 8, false)]);
    }

    [Fact]
    public void UserMemory_ReadsStringsUpToTheirEnd()
    {
        var memory = new UserMemory(new AccessLog());
        memory.Bind(_space, new VcpuId(0));
        ulong at = Map(1);
        "abc\0"u8.CopyTo(_space.Bytes(at + Page - 4, 4));
        memory.TryReadString(at + Page - 4, 100, out string? text).ShouldBeTrue();
        text.ShouldBe("abc");
        _space.Bytes(at + Page - 1, 1)[0] = (byte)'d';
        memory.TryReadString(at + Page - 4, 100, out _).ShouldBeFalse();
    }

    private static MapRequest Request(int pages, GuestProtection protection = ReadWrite) => new()
    {
        LengthBytes = (ulong)pages * Page,
        Protection = protection,
    };

    private ulong Map(int pages, GuestProtection protection = ReadWrite)
    {
        long at = _space.Map(Request(pages, protection));
        at.ShouldBeGreaterThan(0);
        return (ulong)at;
    }

    private GuestPhysicalAddress Translate(ulong address) =>
        _space.Translate(new GuestVirtualAddress(address));
}

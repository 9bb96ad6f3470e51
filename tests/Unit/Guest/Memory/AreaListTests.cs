using Dilaton.Core;
using Dilaton.Guest;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Guest;

public sealed class AreaListTests
{
    private const int Pages = 40;
    private const ulong Base = 0x100_0000;

    [Fact]
    public void Areas_EqualAPageTable_AfterAnySequenceOfChanges()
    {
        Gen<Change> change =
            from kind in Gen.Choose(0, 2)
            from first in Gen.Choose(0, Pages - 1)
            from count in Gen.Choose(1, 12)
            from protection in Gen.Choose(0, 3)
            select new Change(
                kind == 0, first, Math.Min(count, Pages - first), (GuestProtection)protection);
        Prop.ForAll(change.ArrayOf().ToArbitrary(), Agrees).CheckSeeded();
    }

    [Fact]
    public void Insert_MergesNeighboursThatAreAlike()
    {
        var list = new AreaList();
        list.Insert(Area(0, 2, GuestProtection.Read));
        list.Insert(Area(4, 6, GuestProtection.Read));
        list.Insert(Area(2, 4, GuestProtection.Read));

        list.Items.ShouldBe([Area(0, 6, GuestProtection.Read)]);
    }

    [Fact]
    public void Insert_KeepsFilePiecesApartThatDoNotFollowEachOther()
    {
        var list = new AreaList();
        var file = new MappedFile("/lib/x", 1, 2, IsWritable: false);
        MemoryArea first = Area(0, 2, GuestProtection.Read) with
        {
            Kind = AreaKind.PrivateFile,
            File = file,
        };
        list.Insert(first);
        list.Insert(first with { Start = first.End, End = first.End + 0x1000 });
        list.Insert(first with
        {
            Start = first.End + 0x1000,
            End = first.End + 0x2000,
            FileOffset = 0x1000,
        });

        list.Items.Count.ShouldBe(2);
    }

    [Fact]
    public void TryFindGap_FindsTheLowestThatFits()
    {
        var list = new AreaList();
        list.Insert(Area(1, 2, GuestProtection.Read));
        list.Insert(Area(4, 8, GuestProtection.Write));

        Gap(list, 1).ShouldBe(0UL);
        Gap(list, 2).ShouldBe(2UL);
        Gap(list, 3).ShouldBe(8UL);
        Gap(list, Pages).ShouldBeNull();
    }

    private static ulong? Gap(AreaList list, int pages) =>
        list.TryFindGap(
            Base, Base + (Pages * GuestPage.SizeBytes), (ulong)pages << 12, out ulong start)
            ? (start - Base) >> 12
            : null;

    private static MemoryArea Area(int first, int end, GuestProtection protection) => new()
    {
        Start = Base + ((ulong)first << 12),
        End = Base + ((ulong)end << 12),
        Protection = protection,
        Kind = AreaKind.Anonymous,
        IsCommitted = protection != GuestProtection.None,
    };

    private static bool Agrees(Change[] changes)
    {
        var list = new AreaList();
        var table = new GuestProtection?[Pages];
        foreach (Change change in changes)
        {
            MemoryArea area = Area(change.First, change.First + change.Count, change.Protection);
            list.Remove(area.Start, area.End);
            if (!change.IsRemoval)
            {
                list.Insert(area);
            }

            Array.Fill(
                table, change.IsRemoval ? null : change.Protection, change.First, change.Count);
        }

        return Matches(list, table);
    }

    private static bool Matches(AreaList list, GuestProtection?[] table)
    {
        ulong committed = 0;
        for (int i = 0; i < Pages; i++)
        {
            ulong address = Base + ((ulong)i << 12);
            GuestProtection? found =
                list.TryFind(address + 5, out MemoryArea area) ? area.Protection : null;
            committed += table[i] is { } p && p != GuestProtection.None ? 4096UL : 0;
            if (found != table[i]
                || list.Covers(address, address + 4096) != (table[i] is not null)
                || list.IsFree(address, address + 4096) != (table[i] is null))
            {
                return false;
            }
        }

        bool isSortedAndMerged = true;
        for (int i = 1; i < list.Items.Count; i++)
        {
            isSortedAndMerged &= list.Items[i - 1].End <= list.Items[i].Start
                && !list.Items[i - 1].ContinuesWith(list.Items[i]);
        }

        return isSortedAndMerged && committed == list.CommittedBytes;
    }

    private sealed record Change(
        bool IsRemoval, int First, int Count, GuestProtection Protection);
}

using System.Numerics;
using Dilaton.Core;
using Dilaton.Models.Memory;
using Shouldly;

namespace Dilaton.Tests.Unit.Models;

/// <summary>What holds of a hierarchy of several vCPUs after every access: one writer or many
/// readers, an exact directory, rights on which L1D and L2 agree, and inclusion where it is owed.
/// </summary>
internal static class MesiInvariants
{
    public static List<TagArray[]> Private(CacheHierarchy caches) =>
        [.. Enumerable.Range(0, caches.VcpuCount).Select(caches.Vcpu).Select(v =>
            new[] { v.Instructions, v.Data, v.Second }.OfType<TagArray>().ToArray())];

    public static void Check(
        CacheHierarchy caches,
        int lines,
        HierarchyOptions options,
        string path,
        HashSet<LineState> seen)
    {
        List<TagArray[]> vcpus = Private(caches);
        for (int i = 0; i < lines; i++)
        {
            ulong line = (ulong)i * TestCaches.LineSizeBytes;
            int[] holders = [.. Holders(vcpus, line, TagArray.Valid)];
            int[] writers = [.. Holders(vcpus, line, TagArray.Writable)];
            writers.Length.ShouldBeLessThanOrEqualTo(1, path);
            (writers.Length == 0 || holders.Length == 1).ShouldBeTrue(path);
            Sharers(caches, line).ShouldBe(holders, ignoreOrder: false, customMessage: path);
            for (int v = 0; v < vcpus.Count; v++)
            {
                seen.Add(caches.Inspect(new VcpuId(v), new GuestPhysicalAddress(line)));
                CheckRights(caches.Vcpu(v), line, path);
                CheckInclusion(caches, v, line, options, path);
            }
        }

        foreach (TagArray tags in vcpus.SelectMany(v => v).Concat(caches.Shared.Select(s => s.Tags)))
        {
            ulong[] entries = tags.Entries.ToArray();
            ulong[] held = [.. entries.Where(e => e != 0).Select(e => e & TagArray.AddressMask)];
            held.Distinct().Count().ShouldBe(held.Length, path);
            if (tags.IsLru)
            {
                entries.Chunk(tags.Ways).ShouldAllBe(
                    set => set.SkipWhile(e => e != 0).All(e => e == 0), path);
            }
        }
    }

    private static void CheckRights(VcpuCaches caches, ulong line, string path)
    {
        ulong data = Entry(caches.Data, line);
        ulong second = Entry(caches.Second, line);
        if (data != 0 && second != 0)
        {
            (data & TagArray.Writable).ShouldBe(second & TagArray.Writable, path);
        }

        foreach (ulong entry in new[] { data, second })
        {
            ((entry & TagArray.Dirty) == 0 || (entry & TagArray.Writable) != 0)
                .ShouldBeTrue(path);
        }
    }

    private static void CheckInclusion(
        CacheHierarchy caches, int v, ulong line, HierarchyOptions options, string path)
    {
        VcpuCaches vcpu = caches.Vcpu(v);
        if (options.Inclusion != InclusionPolicy.Inclusive || !vcpu.Holds(line))
        {
            return;
        }

        (vcpu.Second is null || Entry(vcpu.Second, line) != 0).ShouldBeTrue(path);
        caches.Shared.ShouldAllBe(s => Entry(s.Tags, line) != 0, path);
    }

    private static IEnumerable<int> Holders(List<TagArray[]> vcpus, ulong line, ulong flag) =>
        Enumerable.Range(0, vcpus.Count)
            .Where(v => vcpus[v].Any(t => (Entry(t, line) & flag) != 0));

    private static int[] Sharers(CacheHierarchy caches, ulong line)
    {
        Span<ulong> words = caches.Directory!.Sharers(line);
        return words.Length == 0
            ? []
            : [.. Bits(words[0])];
    }

    private static IEnumerable<int> Bits(ulong word)
    {
        for (; word != 0; word &= word - 1)
        {
            yield return BitOperations.TrailingZeroCount(word);
        }
    }

    private static ulong Entry(TagArray? tags, ulong line)
    {
        int slot = tags?.Find(line) ?? -1;
        return slot < 0 ? 0 : tags!.At(slot);
    }
}

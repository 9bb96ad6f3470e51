using System.Globalization;
using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>Whether the host has the memory that a job's nodes may come to use.</summary>
internal static class HostRoom
{
    /// <summary>What a worker takes before its guest has touched a page; measured 30 MiB.</summary>
    private const ulong WorkerBytes = 24UL << 20;

    /// <summary>What one more node in a worker takes, with a small program started; measured 8 MiB.
    /// </summary>
    private const ulong SharedNodeBytes = 4UL << 20;

    /// <returns>False: not even the empty workers fit. A warning if the guests may not.</returns>
    /// <param name="hostBytes">0: not known.</param>
    public static bool Check(
        Job job, IReadOnlyList<IReadOnlyList<int>> layout, ulong hostBytes, DiagnosticBag bag)
    {
        if (IsStandard(job) || hostBytes == 0)
        {
            return true;
        }

        UInt128 guests = GuestBytes(job);
        ulong workers = WorkersBytes(job, layout);
        string host = Rounded(hostBytes);
        if (workers > hostBytes)
        {
            bag.Error(
                DiagnosticCode.HostTooSmall,
                $"{job.Nodes.Count} nodes in {layout.Count} worker processes need {Rounded(workers)} "
                    + "before a guest does anything, "
                    + $"and the host has {host}",
                "run fewer nodes, or on a larger host");
            return false;
        }

        if (guests > hostBytes)
        {
            bag.Warning(
                DiagnosticCode.HostTooSmall,
                job.Nodes.Count == 1
                    ? $"the node may use {Rounded(guests)} of memory, and the host has {host}"
                    : $"the nodes may use {Rounded(guests)} of memory in all, and the host has {host}",
                "pages take host memory when a guest touches them; nodes[].memory.size bounds it");
        }

        return true;
    }

    /// <summary>What a job may come to use, its worker processes included.</summary>
    public static UInt128 BytesOf(Job job, IReadOnlyList<IReadOnlyList<int>> layout) =>
        WorkersBytes(job, layout) + (IsStandard(job) ? 0 : GuestBytes(job));

    /// <summary>One node's standard size says nothing of what its guest will touch.</summary>
    private static bool IsStandard(Job job) =>
        job.Nodes.Count == 1 && job.Nodes[0].Memory.Size == new MemoryJob().Size;

    private static UInt128 GuestBytes(Job job)
    {
        UInt128 guests = 0;
        foreach (NodeJob node in job.Nodes)
        {
            guests += node.Memory.Size.Bytes;
        }

        return guests;
    }

    private static ulong WorkersBytes(Job job, IReadOnlyList<IReadOnlyList<int>> layout) =>
        ((ulong)layout.Count * WorkerBytes)
            + ((ulong)(job.Nodes.Count - layout.Count) * SharedNodeBytes);

    /// <summary>The host's memory; 0 if the kernel does not tell.</summary>
    public static ulong TotalBytes() => Read("MemTotal:");

    /// <summary>What may be taken of it without swapping; 0 if the kernel does not tell.</summary>
    public static ulong FreeBytes() => Read("MemAvailable:");

    private static ulong Read(string key)
    {
        try
        {
            foreach (string line in File.ReadLines("/proc/meminfo"))
            {
                if (line.StartsWith(key, StringComparison.Ordinal))
                {
                    string digits = string.Concat(line.Where(char.IsAsciiDigit));
                    return ulong.Parse(digits, CultureInfo.InvariantCulture) * 1024;
                }
            }
        }
        catch (IOException)
        {
        }

        return 0;
    }

    private static string Rounded(UInt128 bytes)
    {
        UInt128 mebibytes = bytes >> 20;
        return mebibytes < 10 << 10
            ? string.Create(CultureInfo.InvariantCulture, $"{mebibytes} MiB")
            : string.Create(CultureInfo.InvariantCulture, $"{mebibytes >> 10} GiB");
    }
}

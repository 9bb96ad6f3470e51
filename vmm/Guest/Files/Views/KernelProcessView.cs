using System.Globalization;
using System.Text;
using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>What <c>/proc/PID</c> tells of a process of the node kernel's.</summary>
internal sealed class KernelProcessView(GuestKernel kernel, GuestProcess process) : IProcessView
{
    /// <summary>Column at which the name begins in a line of <c>maps</c>.</summary>
    private const int NameColumn = 73;

    public int Id => process.Id;

    public int ParentId => process.ParentId;

    public int GroupId => process.GroupId;

    public int SessionId => process.SessionId;

    public TerminalLine? Terminal => process.Terminal;

    public bool HasEnded => process.End is not null;

    public string Name => process.Name;

    public string ExecutablePath => process.Start.ExecutablePath;

    public ReadOnlyMemory<byte> CommandLine => HasEnded ? default : Join(process.Start.Arguments);

    public ReadOnlyMemory<byte> Environment => HasEnded ? default : Join(process.Start.Environment);

    public ReadOnlyMemory<byte> AuxiliaryVector =>
        HasEnded ? default : process.AuxiliaryVector;

    public VirtualTime StartTime => process.StartTime;

    public VirtualDuration CpuTime
    {
        get
        {
            VirtualDuration total = process.EndedCpuTime;
            foreach (GuestThread thread in process.Threads)
            {
                total += GetCpuTime(kernel, thread);
            }

            return total;
        }
    }

    public ProcessMemoryFigures Memory
    {
        get
        {
            ulong total = 0;
            ulong code = 0;
            ulong data = 0;
            ulong stack = 0;
            if (HasEnded)
            {
                return default;
            }

            foreach (MemoryArea area in process.Memory.Areas)
            {
                total += area.LengthBytes;
                bool isStack = area.Kind == AreaKind.Stack;
                stack += isStack ? area.LengthBytes : 0;
                bool isCode = (area.Protection & GuestProtection.Execute) != 0;
                code += isCode ? area.LengthBytes : 0;
                data += !isStack && area.Allows(GuestProtection.Write) ? area.LengthBytes : 0;
            }

            return new ProcessMemoryFigures(
                total, process.Memory.CommittedBytes, code, data, stack);
        }
    }

    public IReadOnlyList<ThreadView> Threads
    {
        get
        {
            List<ThreadView> threads = [];
            foreach (GuestThread thread in process.Threads)
            {
                threads.Add(View(thread));
            }

            return threads;
        }
    }

    /// <summary>CPU time until now, also of a thread that runs.</summary>
    public static VirtualDuration GetCpuTime(GuestKernel kernel, GuestThread thread) =>
        thread.State == ThreadState.Running && kernel.Now > thread.RunningSince
            ? thread.CpuTime + (kernel.Now - thread.RunningSince)
            : thread.CpuTime;

    public (ulong Soft, ulong Hard) GetLimit(int resource) =>
        process.Limits.Get(resource);

    public string GetMaps()
    {
        if (HasEnded)
        {
            return "";
        }

        StringBuilder text = new();
        IReadOnlyList<MemoryArea> areas = process.Memory.Areas;
        for (int i = 0; i < areas.Count; i++)
        {
            MemoryArea area = areas[i];
            while (i + 1 < areas.Count
                && area.ContinuesWith(areas[i + 1] with { IsCommitted = area.IsCommitted }))
            {
                area = area with { End = areas[++i].End };
            }

            AppendArea(text, area);
        }

        return text.ToString();
    }

    private static void AppendArea(StringBuilder text, in MemoryArea area)
    {
        GuestProtection protection = area.Protection;
        char read = (protection & GuestProtection.Read) != 0 ? 'r' : '-';
        char write = (protection & GuestProtection.Write) != 0 ? 'w' : '-';
        char execute = (protection & GuestProtection.Execute) != 0 ? 'x' : '-';
        char shared = area.Kind is AreaKind.SharedFile or AreaKind.Window ? 's' : 'p';
        ulong device = area.File?.DeviceId ?? 0;
        string line = string.Create(
            CultureInfo.InvariantCulture,
            $"{area.Start:x8}-{area.End:x8} {read}{write}{execute}{shared} "
            + $"{area.FileOffset:x8} {DeviceNumbers.Major(device):x2}:"
            + $"{DeviceNumbers.Minor(device):x2} {area.File?.Inode ?? 0} ");
        string name = area.Kind switch
        {
            AreaKind.Heap => "[heap]",
            AreaKind.Stack => "[stack]",
            _ => area.File?.Name ?? "",
        };
        text.Append(name.Length == 0 ? line : line.PadRight(NameColumn) + name);
        text.Append('\n');
    }

    private static byte[] Join(IReadOnlyList<byte[]> texts)
    {
        List<byte> bytes = [];
        foreach (byte[] text in texts)
        {
            bytes.AddRange(text);
            bytes.Add(0);
        }

        return [.. bytes];
    }

    private ThreadView View(GuestThread thread)
    {
        List<int> allowed = [];
        for (int i = 0; i < kernel.Options.VcpuCount; i++)
        {
            if (thread.Affinity.Contains(i))
            {
                allowed.Add(i);
            }
        }

        char state = thread.Process.IsStopped ? 'T' : thread.State is ThreadState.Blocked ? 'S' : 'R';
        return new ThreadView(
            thread.Id,
            thread.Name,
            state,
            GetCpuTime(kernel, thread),
            thread.LastVcpu,
            allowed);
    }
}

using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>What <c>/proc/PID</c> tells of the node kernel's process.</summary>
internal sealed class KernelProcessView(GuestKernel kernel) : IProcessView
{
    private byte[]? _auxiliaryVector;

    /// <summary>Column at which the name begins in a line of <c>maps</c>.</summary>
    private const int NameColumn = 73;

    public int Id => kernel.Process.Id;

    public int ParentId => GuestIdentity.ParentProcessId;

    public string Name => kernel.Process.Name;

    public string ExecutablePath => kernel.Options.ProgramPath;

    public ReadOnlyMemory<byte> CommandLine => Join(kernel.Options.Arguments);

    public ReadOnlyMemory<byte> Environment => Join(kernel.Options.Environment);

    public ReadOnlyMemory<byte> AuxiliaryVector =>
        _auxiliaryVector ??= ReadAuxiliaryVector(kernel.Process);

    public VirtualTime StartTime => VirtualTime.Zero;

    public VirtualDuration CpuTime
    {
        get
        {
            VirtualDuration total = kernel.Process.EndedCpuTime;
            foreach (GuestThread thread in kernel.Process.Threads)
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
            foreach (MemoryArea area in kernel.Process.Memory.Areas)
            {
                total += area.LengthBytes;
                bool isStack = area.Kind == AreaKind.Stack;
                stack += isStack ? area.LengthBytes : 0;
                bool isCode = (area.Protection & GuestProtection.Execute) != 0;
                code += isCode ? area.LengthBytes : 0;
                data += !isStack && area.Allows(GuestProtection.Write) ? area.LengthBytes : 0;
            }

            return new ProcessMemoryFigures(
                total, kernel.Process.Memory.CommittedBytes, code, data, stack);
        }
    }

    public IReadOnlyList<ThreadView> Threads
    {
        get
        {
            List<ThreadView> threads = [];
            foreach (GuestThread thread in kernel.Process.Threads)
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
        kernel.Process.Limits.Get(resource);

    public string GetMaps()
    {
        StringBuilder text = new();
        IReadOnlyList<MemoryArea> areas = kernel.Process.Memory.Areas;
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

    /// <summary>Reads it where the loader put it: on the stack behind argc, argv and envp.
    /// </summary>
    private static byte[] ReadAuxiliaryVector(GuestProcess process)
    {
        const int WordBytes = sizeof(ulong);
        ulong at = process.InitialStackPointer;
        at += (ReadWord(at) + 2) * WordBytes;
        while (ReadWord(at) != 0)
        {
            at += WordBytes;
        }

        ulong start = at + WordBytes;
        ulong end = start;
        while (ReadWord(end) != 0)
        {
            end += 2 * WordBytes;
        }

        end += 2 * WordBytes;
        return process.Memory.Bytes(start, (int)(end - start)).ToArray();

        ulong ReadWord(ulong address) =>
            BinaryPrimitives.ReadUInt64LittleEndian(process.Memory.Bytes(address, WordBytes));
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

    private static byte[] Join(IReadOnlyList<string> texts)
    {
        List<byte> bytes = [];
        foreach (string text in texts)
        {
            bytes.AddRange(Encoding.UTF8.GetBytes(text));
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

        char state = thread.State is ThreadState.Blocked ? 'S' : 'R';
        return new ThreadView(
            thread.Id,
            thread.Name,
            state,
            GetCpuTime(kernel, thread),
            thread.LastVcpu,
            allowed);
    }
}

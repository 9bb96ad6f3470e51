using System.Globalization;
using System.Text;
using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>A stopped guest's first process as a debugger looks at it and changes it.</summary>
internal sealed class DebuggedProcess(
    GuestKernel kernel, IReadOnlyList<IVcpu> vcpus, IWatchClock clock)
{
    private const int NameBytesMax = 32;

    /// <summary>The vCPU that stands within a slice, and what it has spent of it.</summary>
    public (VcpuId Vcpu, ulong Units)? InSlice { get; set; }

    public GuestProcess Process => kernel.Process;

    public IReadOnlyList<GuestThread> Threads => kernel.Process.Threads;

    public GuestThread? Find(int id) => Process.Find(id);

    /// <summary>The thread that the vCPU runs.</summary>
    public GuestThread? Running(VcpuId vcpu) => kernel.RunQueues.Running(vcpu);

    public bool IsRunning(GuestThread thread) =>
        thread.State == ThreadState.Running
        && kernel.RunQueues.Running(new VcpuId(thread.LastVcpu)) == thread;

    public ref GuestRegisters Registers(GuestThread thread)
    {
        if (IsRunning(thread))
        {
            return ref vcpus[thread.LastVcpu].Registers;
        }

        return ref thread.Registers;
    }

    public Span<byte> Extended(GuestThread thread) =>
        IsRunning(thread) ? vcpus[thread.LastVcpu].ExtendedState : thread.ExtendedState;

    public void Write(GuestThread thread, int register, ReadOnlySpan<byte> bytes)
    {
        DebugRegisters.Write(register, bytes, ref Registers(thread), Extended(thread));
        clock.Edited();
    }

    /// <returns>What can be read from the address on, up to a length.</returns>
    public byte[] Read(ulong address, int lengthMax)
    {
        Process.Memory.Activate();
        List<byte> bytes = [];
        while (bytes.Count < lengthMax)
        {
            ulong at = unchecked(address + (ulong)bytes.Count);
            int part = PartWithin(at, lengthMax - bytes.Count, out GuestPageRun pages);
            if (part == 0 || !pages.MayRead)
            {
                break;
            }

            bytes.AddRange(Process.Memory.Bytes(at, part));
        }

        return [.. bytes];
    }

    /// <returns>False if the guest itself may not write all of it; then nothing is.</returns>
    public bool TryWrite(ulong address, ReadOnlySpan<byte> bytes)
    {
        AddressSpace memory = Process.Memory;
        memory.Activate();
        for (int done = 0; done < bytes.Length;)
        {
            int part = PartWithin(
                unchecked(address + (ulong)done), bytes.Length - done, out GuestPageRun pages);
            if (part == 0 || !pages.MayWrite)
            {
                return false;
            }

            done += part;
        }

        memory.PrepareStore(address, (ulong)bytes.Length);
        for (int done = 0; done < bytes.Length;)
        {
            int part = PartWithin(address + (ulong)done, bytes.Length - done, out _);
            bytes.Slice(done, part).CopyTo(memory.Bytes(address + (ulong)done, part));
            done += part;
        }

        clock.Edited();
        return true;
    }

    /// <summary>Which core it runs or ran on, and what it does.</summary>
    public string Describe(GuestThread thread)
    {
        string doing = thread.State switch
        {
            ThreadState.Running => $"runs on vcpu{thread.LastVcpu}",
            ThreadState.Ready => $"ready on vcpu{thread.LastVcpu}",
            _ when thread.PendingCall is { } call => $"waits in {call.Name}, last on vcpu{thread.LastVcpu}",
            _ => $"waits, last on vcpu{thread.LastVcpu}",
        };
        return $"{thread.Name}: {doing}";
    }

    /// <summary>For qXfer:threads.</summary>
    public string ThreadsXml()
    {
        var text = new StringBuilder("<?xml version=\"1.0\"?><threads>");
        foreach (GuestThread thread in Threads)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"<thread id=\"{thread.Id:x}\" core=\"{thread.LastVcpu}\" name=\"{Xml(thread.Name)}\">");
            text.Append(Xml(Describe(thread))).Append("</thread>");
        }

        return text.Append("</threads>").ToString();
    }

    public VirtualTime TimeOf(int vcpu) => clock.TimeOf(new VcpuId(vcpu), UnitsOf(vcpu));

    public string TimeText(GuestThread thread)
    {
        VirtualTime time = TimeOf(thread.LastVcpu);
        string rest = clock.LacksStall ? ", without stall that is not timed yet" : "";
        return $"{time.Picoseconds} ps ({time}) by the clock of vcpu{thread.LastVcpu}{rest}\n";
    }

    /// <param name="retired">By the vCPU within its slice.</param>
    public string InstructionsText(ulong retired)
    {
        ulong sum = 0;
        var text = new StringBuilder();
        for (int i = 0; i < vcpus.Count; i++)
        {
            ulong own = clock.InstructionsOf(new VcpuId(i))
                + (InSlice is { } slice && slice.Vcpu.Index == i ? retired : 0);
            text.Append(CultureInfo.InvariantCulture, $"vcpu{i} {own}\n");
            sum += own;
        }

        return text.Append(CultureInfo.InvariantCulture, $"all {sum}\n").ToString();
    }

    public string ThreadsText()
    {
        var text = new StringBuilder();
        foreach (GuestThread thread in Threads)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{thread.Id} {Describe(thread)}, CPU time {thread.CpuTimeAt(TimeOf(thread.LastVcpu))}\n");
        }

        return text.ToString();
    }

    private ulong UnitsOf(int vcpu) =>
        InSlice is { } slice && slice.Vcpu.Index == vcpu ? slice.Units : 0;

    /// <returns>How much from the address on lies in one run of pages; 0: nothing is there.</returns>
    private int PartWithin(ulong address, int lengthMax, out GuestPageRun pages) =>
        Process.Memory.TryFindPages(address, out pages)
            ? (int)Math.Min((ulong)lengthMax, pages.End - address)
            : 0;

    private static string Xml(string text)
    {
        string shown = string.Concat(text.Take(NameBytesMax * 4).Select(c => c < ' ' ? '?' : c));
        return System.Security.SecurityElement.Escape(shown) ?? "";
    }
}

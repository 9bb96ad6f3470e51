using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>What <c>/proc</c> tells of a node kernel.</summary>
internal sealed class KernelView(GuestKernel kernel) : IMachineView
{
    public IReadOnlyList<int> ProcessIds => [.. kernel.Processes.All.Select(p => p.Id)];

    public ulong UsedMemoryBytes => kernel.CommittedBytes;

    public int LastId => kernel.LastThreadId;

    public IProcessView? Find(int processId) =>
        kernel.Processes.TryFind(processId, out GuestProcess? process)
            ? new KernelProcessView(kernel, process)
            : null;

    public bool IsMappedForWriting(ulong device, ulong inode) =>
        kernel.Processes.Living.SelectMany(process => process.Memory.Areas).Any(area =>
            area.Kind == AreaKind.SharedFile && area.File is { IsWritable: true } file
            && file.DeviceId == device && file.Inode == inode);

    public VirtualDuration GetBusyTime(int vcpu)
    {
        VirtualDuration busy = VirtualDuration.Zero;
        foreach (GuestThread thread in kernel.Processes.Living.SelectMany(p => p.Threads))
        {
            if (thread.LastVcpu == vcpu)
            {
                busy += KernelProcessView.GetCpuTime(kernel, thread);
            }
        }

        return busy;
    }
}

using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>What <c>/proc</c> tells of a node kernel.</summary>
internal sealed class KernelView(GuestKernel kernel) : IMachineView
{
    private readonly KernelProcessView _process = new(kernel);

    public IReadOnlyList<int> ProcessIds => [kernel.Process.Id];

    public ulong UsedMemoryBytes => kernel.Process.Memory.CommittedBytes;

    public int LastId
    {
        get
        {
            int last = kernel.Process.Id;
            foreach (GuestThread thread in kernel.Process.Threads)
            {
                last = Math.Max(last, thread.Id);
            }

            return last;
        }
    }

    public IProcessView? Find(int processId) =>
        processId == kernel.Process.Id ? _process : null;

    public VirtualDuration GetBusyTime(int vcpu)
    {
        VirtualDuration busy = VirtualDuration.Zero;
        foreach (GuestThread thread in kernel.Process.Threads)
        {
            if (thread.LastVcpu == vcpu)
            {
                busy += KernelProcessView.GetCpuTime(kernel, thread);
            }
        }

        return busy;
    }
}

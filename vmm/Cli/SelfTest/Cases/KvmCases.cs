using Dilaton.Kvm;
using Dilaton.Native;

namespace Dilaton.Cli;

/// <summary>The host's KVM, as far as the engine builds on it.</summary>
internal static class KvmCases
{
    private const int Kicks = 100;
    private const int Vcpus = 4;
    private const int ExitsOfEach = 500;
    private const ushort Port = 0x1234;
    private const int HostErrnoInterrupted = 4;

    public static IReadOnlyList<SelfTestCase> All { get; } =
    [
        new("kvm.device", "/dev/kvm opens and speaks its one version", KvmTrial.On(Device)),
        new("kvm.port-accesses", "IN and OUT leave with port, size and data, and IN takes the answer",
            KvmTrial.On(PortAccesses)),
        new("kvm.memory-accesses", "loads and stores where nothing is leave with address, size and data",
            KvmTrial.On(MemoryAccesses)),
        new("kvm.halt", "HLT leaves behind itself", KvmTrial.On(Halt)),
        new("kvm.registers", "exits show registers, and entries take changed ones", KvmTrial.On(Registers)),
        new("kvm.steps", "a single step is one instruction", KvmTrial.On(Steps)),
        new("kvm.kicks", "a timer ends a guest that never leaves, each time", KvmTrial.On(KickAll)),
        new("kvm.vcpus-at-once", "the exits of four vCPUs on four threads are all seen",
            KvmTrial.On(VcpusAtOnce)),
        new("kvm.dirty-pages", "the log names each page that was written since it was read", KvmTrial.On(DirtyPages)),
        new("kvm.descriptors", "machines leave no descriptors behind", KvmTrial.On(Descriptors)),
        new("kvm.user-code", "user code runs, and leaves by SYSCALL and page fault", KvmTrial.On(
            _ => Found(KvmTrial.Report.RunsUserCode, "user code runs", "user code does not run"))),
        new("kvm.timestamp-trap", "with CR4.TSD user code's RDTSC leaves", KvmTrial.On(
            _ => Found(KvmTrial.Report.TrapsTimestamp, "RDTSC leaves", "RDTSC shows the host's counter"))),
        new("kvm.timestamp-offset", "an offset of the time-stamp counter is seen by RDTSC", KvmTrial.On(
            _ => Found(KvmTrial.Report.ShiftsTimestamp, "RDTSC is shifted", "an offset is taken, and not heeded"))),
    ];

    /// <summary>What the engine can do without on a host; the nested bed's tests say where it must not.
    /// </summary>
    private static SelfTestOutcome Found(bool works, string good, string bad) =>
        works ? SelfTestOutcome.Ok($"{good}") : SelfTestOutcome.Skip($"not this KVM: {bad}");

    private static SelfTestOutcome Device(KvmDevice device) => SelfTestOutcome.Ok(
        $"kernel mode: {KvmTrial.Report.KernelMode}; vCPUs: {device.Check(KvmCapability.VcpuCountMax)}");

    private static SelfTestOutcome PortAccesses(KvmDevice device)
    {
        using BareMachine machine = new(device);

        // mov dx, PORT; mov al, 0x5a; out dx, al; in ax, dx; out dx, ax; hlt
        machine.Load(0, 0xba, 0x34, 0x12, 0xb0, 0x5a, 0xee, 0xed, 0xef, 0xf4);
        KvmVcpu vcpu = machine[0];
        bool first = IsPort(vcpu, isOut: true, size: 1) && (byte)PortData(vcpu) == 0x5a;
        bool second = IsPort(vcpu, isOut: false, size: 2);
        vcpu.SetExitField(DataOffset(vcpu), (ushort)0xbeef);
        bool third = IsPort(vcpu, isOut: true, size: 2) && PortData(vcpu) == 0xbeef;
        return SelfTestOutcome.Check(
            first && second && third, $"out 1 byte: {first}, in 2: {second}, what was answered: {third}");
    }

    private static SelfTestOutcome MemoryAccesses(KvmDevice device)
    {
        using BareMachine machine = new(device);

        // mov eax, 0x11223344; mov [0x18], eax; mov [0x20], al; mov eax, [0x28]; mov [0x30], ax; hlt
        machine.Load(
            0,
            0x66, 0xb8, 0x44, 0x33, 0x22, 0x11, 0x66, 0xa3, 0x18, 0, 0xa2, 0x20, 0,
            0x66, 0xa1, 0x28, 0, 0xa3, 0x30, 0, 0xf4);
        KvmVcpu vcpu = machine[0];
        bool word = IsMemory(vcpu, 0x18, 4, isWrite: true) && MemoryData(vcpu) == 0x11223344;
        bool single = IsMemory(vcpu, 0x20, 1, isWrite: true) && (byte)MemoryData(vcpu) == 0x44;
        bool load = IsMemory(vcpu, 0x28, 4, isWrite: false);
        vcpu.SetExitField(KvmRunLayout.MemoryData, 0xcafe_babeu);
        bool answer = IsMemory(vcpu, 0x30, 2, isWrite: true) && (ushort)MemoryData(vcpu) == 0xbabe;
        return SelfTestOutcome.Check(
            word && single && load && answer,
            $"store 4 bytes: {word}, 1: {single}, load 4: {load}, what was answered: {answer}");
    }

    private static SelfTestOutcome Halt(KvmDevice device)
    {
        using BareMachine machine = new(device);
        machine.Load(0, 0x90, 0xf4);
        KvmTrial.Expect(machine[0], KvmExitReason.Halt);
        ulong rip = machine[0].Registers.Rip;
        return SelfTestOutcome.Check(rip == (ulong)BareMachine.CodeOf(0) + 2, $"rip 0x{rip:x}");
    }

    private static SelfTestOutcome Registers(KvmDevice device)
    {
        using BareMachine machine = new(device);

        // mov bx, 7; hlt; add bx, cx; hlt
        machine.Load(0, 0xbb, 7, 0, 0xf4, 0x01, 0xcb, 0xf4);
        KvmVcpu vcpu = machine[0];
        KvmTrial.Expect(vcpu, KvmExitReason.Halt);
        ulong shown = vcpu.Registers.Rbx;
        vcpu.Registers.Rcx = 35;
        vcpu.Changed = KvmSync.Registers;
        KvmTrial.Expect(vcpu, KvmExitReason.Halt);
        ulong sum = vcpu.Registers.Rbx;
        return SelfTestOutcome.Check(shown == 7 && sum == 42, $"bx 7: {shown}; 7 + 35: {sum}");
    }

    private static SelfTestOutcome Steps(KvmDevice device)
    {
        const int Steps = 50;
        using BareMachine machine = new(device);
        byte[] code = new byte[Steps + 1];
        Array.Fill(code, (byte)0x90);
        machine.Load(0, code);
        KvmVcpu vcpu = machine[0];
        vcpu.SetDebug(new KvmDebugControl { Control = KvmDebugControl.Enable | KvmDebugControl.SingleStep });
        int right = 0;
        for (int i = 1; i <= Steps; i++)
        {
            KvmTrial.Expect(vcpu, KvmExitReason.Debug);
            right += vcpu.Registers.Rip == (ulong)(BareMachine.CodeOf(0) + i) ? 1 : 0;
        }

        return SelfTestOutcome.Check(right == Steps, $"{right} of {Steps} steps");
    }

    private static SelfTestOutcome KickAll(KvmDevice device)
    {
        const long SliceNanoseconds = 200_000;
        using BareMachine machine = new(device);
        using SliceTimer timer = new();

        // jmp to itself
        machine.Load(0, 0xeb, 0xfe);
        machine[0].SetSignalMask(timer.BlockedInGuest);
        int ended = 0;
        for (int i = 0; i < Kicks; i++)
        {
            timer.Start(SliceNanoseconds);
            ended += machine[0].Run() == HostErrnoInterrupted && SliceTimer.TryTake() ? 1 : 0;
        }

        return SelfTestOutcome.Check(ended == Kicks, $"{ended} of {Kicks}");
    }

    private static SelfTestOutcome VcpusAtOnce(KvmDevice device)
    {
        using BareMachine machine = new(device, Vcpus);
        int[] right = new int[Vcpus];
        Thread[] threads = new Thread[Vcpus];
        for (int i = 0; i < Vcpus; i++)
        {
            int vcpu = i;

            // mov dx, PORT; mov ax, 0; loop: out dx, ax; inc ax; jmp loop
            machine.Load(vcpu, 0xba, 0x34, 0x12, 0xb8, 0, 0, 0xef, 0x40, 0xeb, 0xfc);
            threads[i] = new Thread(() => right[vcpu] = CountUp(machine[vcpu])) { Name = $"vcpu {i}" };
        }

        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        return SelfTestOutcome.Check(
            right.All(count => count == ExitsOfEach),
            $"{right.Sum()} of {Vcpus * ExitsOfEach} exits, each with its number");
    }

    private static int CountUp(KvmVcpu vcpu)
    {
        int right = 0;
        for (int i = 0; i < ExitsOfEach; i++)
        {
            right += vcpu.Run() == 0 && vcpu.ExitReason == KvmExitReason.PortAccess && PortData(vcpu) == i ? 1 : 0;
        }

        return right;
    }

    private static SelfTestOutcome DirtyPages(KvmDevice device)
    {
        using BareMachine machine = new(device, logsWrites: true);

        // mov ds, 0 by ax; mov [0x8000], al; mov [0xf000], al; hlt; mov [0x8000], al; hlt
        machine.Load(
            0, 0x31, 0xc0, 0x8e, 0xd8, 0xa2, 0, 0x80, 0xa2, 0, 0xf0, 0xf4, 0xa2, 0, 0x80, 0xf4);
        KvmTrial.Expect(machine[0], KvmExitReason.Halt);
        ulong first = machine.Machine.TakeDirtyPages(0)[0];
        KvmTrial.Expect(machine[0], KvmExitReason.Halt);
        ulong second = machine.Machine.TakeDirtyPages(0)[0];

        // KVM may count a page that it maps writable for a fetch: the code's.
        const ulong Code = 1UL << 1, Low = 1UL << 8, High = 1UL << 15;
        return SelfTestOutcome.Check(
            (first | Code) == (Low | High | Code) && (second | Code) == (Low | Code),
            $"pages 0x{first:x}, then 0x{second:x}; written 0x8100, then 0x100; 0x2 is code");
    }

    private static SelfTestOutcome Descriptors(KvmDevice device)
    {
        const int Machines = 20;
        int before = OpenDescriptors();
        for (int i = 0; i < Machines; i++)
        {
            using BareMachine machine = new(device, vcpus: 2);
            machine.Load(0, 0xf4);
            KvmTrial.Expect(machine[0], KvmExitReason.Halt);
        }

        int left = OpenDescriptors() - before;
        return SelfTestOutcome.Check(left == 0, $"{left} after {Machines} machines");
    }

    private static int OpenDescriptors() => Directory.GetFileSystemEntries("/proc/self/fd").Length;

    private static bool IsPort(KvmVcpu vcpu, bool isOut, int size)
    {
        KvmTrial.Expect(vcpu, KvmExitReason.PortAccess);
        return vcpu.ExitField<byte>(KvmRunLayout.PortDirection) == (isOut ? 1 : 0)
            && vcpu.ExitField<byte>(KvmRunLayout.PortSize) == size
            && vcpu.ExitField<ushort>(KvmRunLayout.Port) == Port
            && vcpu.ExitField<uint>(KvmRunLayout.PortCount) == 1;
    }

    private static int DataOffset(KvmVcpu vcpu) => (int)vcpu.ExitField<ulong>(KvmRunLayout.PortDataOffset);

    private static ushort PortData(KvmVcpu vcpu) => vcpu.ExitField<ushort>(DataOffset(vcpu));

    private static bool IsMemory(KvmVcpu vcpu, ulong offset, uint size, bool isWrite)
    {
        KvmTrial.Expect(vcpu, KvmExitReason.MemoryMappedAccess);
        return vcpu.ExitField<ulong>(KvmRunLayout.MemoryAddress) == BareMachine.DeviceAt + offset
            && vcpu.ExitField<uint>(KvmRunLayout.MemoryLength) == size
            && vcpu.ExitField<byte>(KvmRunLayout.MemoryIsWrite) == (isWrite ? 1 : 0);
    }

    private static uint MemoryData(KvmVcpu vcpu) => vcpu.ExitField<uint>(KvmRunLayout.MemoryData);
}

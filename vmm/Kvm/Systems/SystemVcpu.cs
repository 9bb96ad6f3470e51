using System.Globalization;
using Dilaton.Core;
using Dilaton.Machine;
using Dilaton.Native;

namespace Dilaton.Kvm;

/// <summary>A vCPU of a system guest, and what its thread does: enter the guest, answer what it came out
/// for, enter it again.</summary>
internal sealed partial class SystemVcpu(KvmVcpu vcpu, int id) : IDisposable
{
    private const ulong LongModeEnabledAndActive = 0x500;
    private const ulong PhysicalAddressExtension = 0x20;
    private const ulong PagingAndProtection = 0x8000_0011;
    private const ulong ReservedFlag = 2;
    private const ulong InterruptFlag = 0x200;
    private const byte CodeType = 11;
    private const byte DataType = 3;
    private const int Interrupted = 4;
    private const int Again = 11;
    private const byte PortOut = 1;
    private const uint TimestampCounter = 0x10;

    private volatile SliceTimer? _timer;
    private StandingTimer _standing;

    public int Id => id;

    /// <summary>Puts it into long mode, as Linux's 64-bit boot protocol has it.</summary>
    public void Enter(ulong entry)
    {
        KvmSystemRegisters system = vcpu.ReadSystemRegisters();
        system.Cr3 = BootLayout.PageTables;
        system.Cr4 = PhysicalAddressExtension;
        system.Cr0 = PagingAndProtection;
        system.Efer = LongModeEnabledAndActive;
        system.Gdt = new KvmTable { Base = BootLayout.Gdt, Limit = BootLayout.DataSelector + 7 };
        KvmSegment data = new()
        {
            Limit = uint.MaxValue,
            Selector = BootLayout.DataSelector,
            Type = DataType,
            Present = 1,
            IsCodeOrData = 1,
            DefaultBig = 1,
            Granularity = 1,
        };
        system.Ds = system.Es = system.Fs = system.Gs = system.Ss = data;
        system.Cs = data with
        {
            Selector = BootLayout.CodeSelector,
            Type = CodeType,
            DefaultBig = 0,
            Long = 1,
        };
        vcpu.WriteSystemRegisters(system);
        vcpu.WriteRegisters(new KvmRegisters
        {
            Rip = entry,
            Rsi = BootLayout.BootParameters,
            Rsp = BootLayout.StackTop,
            Rflags = ReservedFlag,
        });
    }

    /// <summary>Takes it out of the guest, or lets its next entry end at once. Any thread.</summary>
    public void Kick() => _timer?.Expire();

    /// <summary>Until the machine is over.</summary>
    public void Run(KvmSystem system, Board board)
    {
        using SliceTimer timer = new();
        _timer = timer;
        try
        {
            vcpu.SetSignalMask(timer.BlockedInGuest);
            long had = 0;
            while (!system.IsOver)
            {
                if (system.Gate.IsClosed)
                {
                    SliceTimer.TryTake();
                    system.Turns.Leave(id, had);
                    system.Gate.Stand();
                    had = 0;
                    continue;
                }

                if (!IsReady(system))
                {
                    system.Idle!.Wait(id);
                    continue;
                }

                long slice = system.Turns.Enter(id, had);
                had = slice == 0 ? 0 : RunFor(system, board, timer, slice);
            }
        }
        catch (Exception e) when (e is NativeCallException or KvmGuestException)
        {
            system.Finish(new SystemEnd(false, 1, e.Message));
        }
        finally
        {
            system.Exits.AddThread(id, SliceTimer.ThreadNanoseconds(), ThreadDelay.Nanoseconds());
            system.Turns.Leave(id, 0);
            system.Gate.Leave();
        }
    }

    /// <summary>What its counter is ahead of the host's, modulo 2^64; null: KVM does not say.</summary>
    public ulong? CounterOffset => vcpu.TryGetTscOffset(out ulong offset) ? offset : null;

    public void Dispose() => vcpu.Dispose();

    /// <summary>What its time-stamp counter shows. While it is out of the guest.</summary>
    public ulong ReadCounter() => vcpu.TryReadMsr(TimestampCounter, out ulong counter) ? counter : 0;

    /// <summary>Where it stands, in words: what it spins on with interrupts off, nothing will end. While it is out of
    /// the guest.</summary>
    public string Place()
    {
        KvmRegisters registers = vcpu.ReadRegisters();
        string interrupts = (registers.Rflags & InterruptFlag) != 0 ? "on" : "off";
        return string.Create(
            CultureInfo.InvariantCulture, $"vCPU {id} was at 0x{registers.Rip:x}, with interrupts {interrupts}");
    }

    /// <summary>Its timer stands. While it is out of the guest.</summary>
    public void StopTimer() => _standing = StandingTimer.Stop(vcpu);

    /// <summary>Its counter and timer go on. While it is out of the guest.</summary>
    /// <param name="offset">What the counter is ahead of the host's, modulo 2^64.</param>
    public void GoOn(ulong offset)
    {
        if (!vcpu.TrySetTscOffset(offset))
        {
            throw new KvmGuestException("KVM does not set a vCPU's time-stamp counter");
        }

        _standing.GoOn(vcpu);
    }

    /// <returns>For how many host nanoseconds it was.</returns>
    private long RunFor(KvmSystem system, Board board, SliceTimer timer, long slice)
    {
        long begin = SliceTimer.HostNanoseconds();
        if (slice != long.MaxValue)
        {
            timer.Start(slice);
        }

        long now = begin;
        while (now - begin < slice && !system.Gate.IsClosed && !system.IsOver && IsReady(system))
        {
            BeforeEntry(system);
            int error = vcpu.Run();
            AfterExit(system);
            long left = SliceTimer.HostNanoseconds();
            system.Exits.AddGuest(id, left - now);
            SystemExitCause cause = Answer(system, board, error);
            now = SliceTimer.HostNanoseconds();
            system.Exits.Add(id, cause, now - left);
        }

        return now - begin;
    }

    private SystemExitCause Answer(KvmSystem system, Board board, int error)
    {
        if (error is Interrupted or Again)
        {
            SliceTimer.TryTake();
            return SystemExitCause.Interruption;
        }

        if (error != 0)
        {
            return Fail(system, $"KVM_RUN failed: {HostErrno.Describe(error)}");
        }

        switch (vcpu.ExitReason)
        {
            case KvmExitReason.PortAccess:
                AnswerPort(system, board);
                return SystemExitCause.Port;
            case KvmExitReason.MemoryMappedAccess:
                AnswerAddress(system, board);
                return SystemExitCause.Memory;
            case KvmExitReason.ReadMsr:
                return RefuseMsr(SystemExitCause.ReadMsr);
            case KvmExitReason.WriteMsr:
                return RefuseMsr(SystemExitCause.WriteMsr);
            case KvmExitReason.Halt when system.Interrupts is not null:
                _halts = true;
                return SystemExitCause.Halt;
            case KvmExitReason.InterruptWindow or KvmExitReason.TaskPriority when system.Interrupts is not null:
                return SystemExitCause.InterruptWindow;
            case KvmExitReason.Shutdown:
                return Fail(system, "triple fault");
            case KvmExitReason.InternalError:
                return Fail(system, Numbered("KVM can't run this code: suberror", KvmRunLayout.Suberror));
            case KvmExitReason.EntryFailed:
                return Fail(system, Numbered("the processor refuses its state:", KvmRunLayout.EntryFailure));
            default:
                return Fail(system, $"KVM left it for a reason that is not known here: {vcpu.ExitReason}");
        }
    }

    /// <summary>As a processor without the register: a general-protection fault.</summary>
    private SystemExitCause RefuseMsr(SystemExitCause cause)
    {
        vcpu.SetExitField(KvmRunLayout.MsrError, (byte)1);
        return cause;
    }

    private void AnswerAddress(KvmSystem system, Board board)
    {
        ulong address = vcpu.ExitField<ulong>(KvmRunLayout.MemoryAddress);
        int size = vcpu.ExitField<int>(KvmRunLayout.MemoryLength);
        if (vcpu.ExitField<byte>(KvmRunLayout.MemoryIsWrite) != 0)
        {
            ulong value = vcpu.ExitField<ulong>(KvmRunLayout.MemoryData);
            if (!TryWriteApic(system, address, size, value))
            {
                board.WriteAddress(address, size, value);
            }
        }
        else
        {
            ulong value = TryReadApic(system, address, size, out ulong read) ? read : board.ReadAddress(address, size);
            vcpu.SetExitField(KvmRunLayout.MemoryData, value);
        }
    }

    private void AnswerPort(KvmSystem system, Board board)
    {
        ushort port = vcpu.ExitField<ushort>(KvmRunLayout.Port);
        int size = vcpu.ExitField<byte>(KvmRunLayout.PortSize);
        int count = vcpu.ExitField<int>(KvmRunLayout.PortCount);
        int data = (int)vcpu.ExitField<ulong>(KvmRunLayout.PortDataOffset);
        bool isOut = vcpu.ExitField<byte>(KvmRunLayout.PortDirection) == PortOut;
        for (int i = 0; i < count; i++, data += size)
        {
            if (isOut)
            {
                board.Write(port, size, ReadData(data, size));
            }
            else
            {
                uint value = port == TimingPort.Port && size == sizeof(uint)
                    ? AskTiming(system.Clock)
                    : board.Read(port, size);
                WriteData(data, size, value);
            }
        }

        if (board.End is { } end)
        {
            system.Finish(new SystemEnd(false, end.Code, end.Why));
        }
    }

    private uint AskTiming(AnnouncedClock clock)
    {
        KvmRegisters registers = vcpu.ReadRegisters();
        uint answer = TimingPort.Answer(ref registers, clock);
        vcpu.WriteRegisters(registers);
        return answer;
    }

    private uint ReadData(int at, int size) => size switch
    {
        1 => vcpu.ExitField<byte>(at),
        2 => vcpu.ExitField<ushort>(at),
        _ => vcpu.ExitField<uint>(at),
    };

    private void WriteData(int at, int size, uint value)
    {
        switch (size)
        {
            case 1:
                vcpu.SetExitField(at, (byte)value);
                break;
            case 2:
                vcpu.SetExitField(at, (ushort)value);
                break;
            default:
                vcpu.SetExitField(at, value);
                break;
        }
    }

    private string Numbered(string what, int field) =>
        string.Create(CultureInfo.InvariantCulture, $"{what} {vcpu.ExitField<uint>(field)}");

    private SystemExitCause Fail(KvmSystem system, string what)
    {
        string at = string.Create(CultureInfo.InvariantCulture, $"vCPU {id} at 0x{vcpu.ReadRegisters().Rip:x}");
        system.Finish(new SystemEnd(false, 1, $"{what}, {at}"));
        return SystemExitCause.End;
    }
}

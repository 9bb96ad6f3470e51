using Dilaton.Core;
using Dilaton.Kvm;
using Dilaton.Native;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Kvm.Hooks;

/// <summary>Hooks on exits that KVM makes.</summary>
public sealed class UserExitHookTests
{
    private const int Vcpus = 4;
    private const int ExitsOfEach = 2_000;
    private const ulong Answer = 42;

    // mov eax, 39; syscall
    private static readonly byte[] s_call = [0xB8, 39, 0, 0, 0, 0x0F, 0x05];

    // ud2; mov eax, 39; syscall
    private static readonly byte[] s_invalid = [0x0F, 0x0B, 0xB8, 39, 0, 0, 0, 0x0F, 0x05];

    // loop: inc rbx; mov eax, 39; syscall; jmp loop
    private static readonly byte[] s_calls = [0x48, 0xFF, 0xC3, 0xB8, 39, 0, 0, 0, 0x0F, 0x05, 0xEB, 0xF4];

    [NeedsKvmFact]
    public void AHook_AnswersASystemCall()
    {
        using KvmDevice device = KvmDevice.Open();
        using ProbeMachine machine = Machine(device);
        VcpuExitHooks hooks = new();
        ulong asked = 0;
        hooks.SystemCalls.Add(ExitHookPriority.Devices, (in SystemCallExit exit) =>
        {
            asked = exit.Registers.Rax;
            exit.Registers.Rax = Answer;
            return ExitVerdict.Handled;
        });
        machine.Load(s_call);

        Step(machine, hooks).ShouldBe(ExitVerdict.Handled);
        asked.ShouldBe(39u);
        machine.Vcpu.Registers.Rax.ShouldBe(Answer);
    }

    [NeedsKvmFact]
    public void AHook_StepsOverAnException_AndTheGuestGoesOn()
    {
        using KvmDevice device = KvmDevice.Open();
        using ProbeMachine machine = Machine(device);
        VcpuExitHooks hooks = new();
        List<string> seen = [];
        hooks.Exceptions.Add(ExitHookPriority.Devices, (in ExceptionExit exit) =>
        {
            seen.Add($"vector {exit.Vector} at {exit.Registers.Rip - ProbeMachine.Code}");
            exit.Registers.Rip += 2;
            return ExitVerdict.Handled;
        });
        hooks.SystemCalls.Add(ExitHookPriority.Devices, (in SystemCallExit exit) =>
        {
            seen.Add($"call {exit.Registers.Rax}");
            return ExitVerdict.Pass;
        });
        machine.Load(s_invalid);

        Step(machine, hooks).ShouldBe(ExitVerdict.Handled);
        Step(machine, hooks).ShouldBe(ExitVerdict.Pass);
        seen.ShouldBe(["vector 6 at 0", "call 39"]);
    }

    /// <summary>Each exit has its number in rbx: the hook that stays must see each once, while others come
    /// and go on the same chain.</summary>
    [NeedsKvmFact]
    public void HooksThatComeAndGo_LoseNoExitOfFourVcpus()
    {
        using KvmDevice device = KvmDevice.Open();
        VcpuExitHooks[] hooks = [.. Enumerable.Range(0, Vcpus).Select(_ => new VcpuExitHooks())];
        int[] right = new int[Vcpus];
        bool[] over = new bool[Vcpus];
        Thread[] threads = new Thread[Vcpus];
        for (int i = 0; i < Vcpus; i++)
        {
            int vcpu = i;
            hooks[vcpu].SystemCalls.Add(ExitHookPriority.Devices, (in SystemCallExit exit) =>
            {
                right[vcpu] += exit.Registers.Rbx == (ulong)right[vcpu] + 1 ? 1 : 0;
                return ExitVerdict.Handled;
            });
            threads[i] = new Thread(() =>
            {
                using ProbeMachine machine = Machine(device);
                machine.Load(s_calls);
                for (int exit = 0; exit < ExitsOfEach; exit++)
                {
                    _ = Step(machine, hooks[vcpu]);
                }

                Volatile.Write(ref over[vcpu], true);
            });
            threads[i].Start();
        }

        long changes = 0;
        while (over.Any(isOver => !isOver))
        {
            int vcpu = (int)(changes++ % Vcpus);
            hooks[vcpu].SystemCalls.Add(
                changes % 2 == 0 ? ExitHookPriority.First : ExitHookPriority.Last,
                (in SystemCallExit _) => ExitVerdict.Pass).Dispose();
        }

        Array.ForEach(threads, thread => thread.Join());
        right.ShouldAllBe(count => count == ExitsOfEach);
        changes.ShouldBeGreaterThan(0);
    }

    /// <summary>A hook before the engine's own, one in a system call's stead, one that comes with the
    /// guest running.</summary>
    [NeedsKvmFact]
    public void TheEngine_AsksHooks_AndTellsTheSessionWhatTheyPass()
    {
        // mov [0x600000], ebx; mov eax, 39; syscall; inc rbx; mov eax, 60; syscall
        using TestProcess process = new(
        [
            0x89, 0x1C, 0x25, 0x00, 0x00, 0x60, 0x00, 0xB8, 39, 0, 0, 0, 0x0F, 0x05,
            0x48, 0xFF, 0xC3, 0xB8, 60, 0, 0, 0, 0x0F, 0x05,
        ]);
        VcpuExitHooks hooks = process.Engine.HooksOf(new VcpuId(0));
        int faults = 0, passed = 0;
        hooks.Exceptions.Add(ExitHookPriority.First, (in ExceptionExit exit) =>
        {
            faults += exit is { Vector: (int)FaultVector.PageFault, Address: TestProcess.Data } ? 1 : 0;
            return ExitVerdict.Pass;
        });
        hooks.SystemCalls.Add(ExitHookPriority.Devices, (in SystemCallExit exit) =>
        {
            if (exit.Registers.Rax != 39)
            {
                return ExitVerdict.Pass;
            }

            exit.Registers.Rbx = Answer;
            hooks.SystemCalls.Add(ExitHookPriority.Last, (in SystemCallExit _) =>
            {
                passed++;
                return ExitVerdict.Pass;
            });
            return ExitVerdict.Handled;
        });

        process.RunToExit().Reason.ShouldBe(ExitReason.SystemCall);
        process.Vcpu.Registers.Rax.ShouldBe(60UL);
        process.Vcpu.Registers.Rbx.ShouldBe(Answer + 1);
        faults.ShouldBe(1);
        passed.ShouldBe(1);
    }

    private static ProbeMachine Machine(KvmDevice device) =>
        new(device, staysUser: NeedsKvmFactAttribute.Report.StaysUser);

    private static ExitVerdict Step(ProbeMachine machine, VcpuExitHooks hooks)
    {
        UserExit exit = machine.Vcpu.Run();
        return hooks.Ask(new VcpuId(0), exit, ref machine.Vcpu.Registers);
    }
}

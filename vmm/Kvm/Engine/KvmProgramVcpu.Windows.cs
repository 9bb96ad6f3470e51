using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Kvm;

/// <summary>Accesses to windows, whose pages are in no page table: each leaves the guest as a page fault,
/// and its instruction executes alone when the session says so.</summary>
internal sealed partial class KvmProgramVcpu
{
    /// <summary>What the instruction itself takes: one nanosecond, whatever the way to it cost.
    /// </summary>
    private const long WindowInstructionUnits = 1;

    /// <summary>Before the first access is charged, the way to it is known.</summary>
    private const int FirstSamples = 8;

    private readonly WindowDecoder _windows;
    private readonly TrapCost _traps;

    /// <inheritdoc/>
    public VcpuExit RunWindowAccess(in WindowAccess access, Span<byte> bytes)
    {
        Invariant.Require(access.Refusal is null);
        Invariant.Require(bytes.IsEmpty || bytes.Length == access.SizeBytes);
        Enter();
        if (_traps.IsDue)
        {
            SampleTrap();
        }

        Span<byte> open = _memory.OpenWindow(access.Address, access.SizeBytes);
        bytes.CopyTo(open);
        _pages.Open(access.Address, access.SizeBytes);
        UserExit exit = Step();
        if (!bytes.IsEmpty)
        {
            open.CopyTo(bytes);
        }

        _memory.CloseWindow(access.Address, access.SizeBytes);
        ulong start = GuestPage.Floor(access.Address);
        _pages.Forget(
            start, GuestPage.Ceiling(access.Address + (ulong)access.SizeBytes) - start);
        ForgetTranslations();
        _thread.ForgetClock();
        VcpuExit told = exit.Kind == UserExitKind.Debug
            ? Exit(ExitReason.BudgetExhausted, WindowInstructionUnits)
            : Told(exit, WindowInstructionUnits);
        Leave();
        return told;
    }

    /// <summary>Other memory that the instruction touches may still have to be filled in.</summary>
    private UserExit Step()
    {
        UserExit exit = _user.Step();
        while (exit.Kind != UserExitKind.Debug
            && Hooks.Ask(Id, exit, ref _user.Registers) == ExitVerdict.Handled)
        {
            exit = _user.Step();
        }

        _faultsAlike = 0;
        return exit;
    }

    /// <param name="exit">Becomes that of a guest that may not store there, if so.</param>
    private bool TryFindWindow(ref UserExit exit, out WindowAccess window)
    {
        window = default;
        if (exit is not { Kind: UserExitKind.Exception, Vector: (int)FaultVector.PageFault })
        {
            return false;
        }

        FaultAccess access = AccessOf(exit.ErrorCode);
        if (!_windows.TryFind(_user, exit.Address, ref access, out window))
        {
            if (access == FaultAccess.Write)
            {
                exit = exit with { ErrorCode = exit.ErrorCode | WriteError };
            }

            return false;
        }

        for (int i = 0; i < FirstSamples && _traps.Count == 0; i++)
        {
            SampleTrap();
        }

        return true;
    }

    /// <summary>Comes upon the window once more: the instruction faults again as long as nobody opens it,
    /// and does nothing else.</summary>
    private void SampleTrap()
    {
        _user.ForgetTranslations();
        _user.TakeRegisters();
        long before = SliceTimer.ThreadNanoseconds();
        UserExit exit = _user.Run();
        long ran = SliceTimer.ThreadNanoseconds() - before;
        bool isWhole = exit.Kind != UserExitKind.Interrupted;
        while (exit.Kind == UserExitKind.Interrupted)
        {
            SliceTimer.TryTake();
            exit = _user.Run();
        }

        Invariant.Require(
            exit is { Kind: UserExitKind.Exception, Vector: (int)FaultVector.PageFault });
        if (isWhole)
        {
            _traps.Sample(Math.Max(1, ran));
        }
    }
}

using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Kvm;

/// <summary>Detail windows: stretches of instructions executed one by one.</summary>
internal sealed partial class KvmProgramVcpu
{
    private readonly DetailStepper? _detail;

    /// <summary>Steps on in a window until it is over, or something else must be done first.</summary>
    /// <param name="units">Run time that counts: a nanosecond a step, whatever it cost.</param>
    /// <returns><see cref="UserExitKind.Debug"/> if nothing has left the guest; what else there is, no
    /// hook took.</returns>
    private UserExit StepThroughWindow(DetailStepper detail, out long units)
    {
        units = 1;
        _thread.Exits.Forget();
        long began = SliceTimer.ThreadNanoseconds();
        UserExit exit = new(UserExitKind.Debug);
        while (detail.TryPrepare(_user))
        {
            exit = Step();
            if (exit.Kind != UserExitKind.Debug)
            {
                detail.Drop(_user);
                break;
            }

            detail.Complete(_user);
            units += WindowInstructionUnits;
        }

        detail.Pause(SliceTimer.ThreadNanoseconds() - began);
        _thread.ForgetClock();
        _thread.Leave();
        return exit;
    }
}

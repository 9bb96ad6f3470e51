using Iced.Intel;

namespace Dilaton.Translator;

/// <summary>Where the status flags' values can no longer be seen by the guest. A claim of deadness
/// is proven by looking at the code: nothing is assumed of calls and returns. Each proof looks at
/// most <see cref="Horizon"/> instructions ahead, so that a vCPU which runs on from there for
/// <see cref="StepsToPrecision"/> instructions has exact flags again.</summary>
internal sealed class FlagsLiveness(GuestCodeReader reader)
{
    public const int Horizon = 12;
    public const int StepsToPrecision = 2 * Horizon;

    private readonly Dictionary<ulong, bool> _dead = [];

    public void Forget() => _dead.Clear();

    /// <summary>Whether all status flags are overwritten before they are read from
    /// <paramref name="rip"/> on.</summary>
    public bool IsDead(ulong rip)
    {
        if (!_dead.TryGetValue(rip, out bool dead))
        {
            dead = Scan(rip);
            _dead.Add(rip, dead);
        }

        return dead;
    }

    /// <summary>Annotates each instruction of the plan, and its head.</summary>
    public void Annotate(BlockPlan plan)
    {
        int live = LiveAtEnd(plan);
        for (int i = plan.Count - 1; i >= 0; i--)
        {
            ref GuestInstruction item = ref plan.Items[i];
            if (LeavesWithFlags(item))
            {
                live = InstructionAnalyzer.StatusFlags;
            }

            if (item.Role == InstructionRole.Exit)
            {
                live = InstructionAnalyzer.StatusFlags;
            }

            item.FlagsLiveAfter = live != 0;
            live = (live & ~item.FlagsKilled) | item.FlagsRead;
            item.FlagsLiveBefore = live != 0;
        }

        plan.FlagsLiveAtHead = !IsHeadDead(plan);
    }

    /// <summary>A side exit at which flags may matter; a branch that is not what was expected may
    /// lead anywhere.</summary>
    private bool LeavesWithFlags(in GuestInstruction item) => item.Role switch
    {
        InstructionRole.Conditional => !IsDead(item.SideExit),
        InstructionRole.CheckedReturn or InstructionRole.CheckedJump => true,
        _ => false,
    };

    private int LiveAtEnd(BlockPlan plan)
    {
        if (plan.Mode != BlockMode.Fast)
        {
            // The vCPU may stop here, and its state is shown.
            return InstructionAnalyzer.StatusFlags;
        }

        bool dead = plan.End switch
        {
            BlockEnd.Link => IsDead(plan.LinkRip),
            BlockEnd.Loop => IsDead(plan.Head),
            BlockEnd.Terminator => plan.Last.Role == InstructionRole.Call
                && IsDead(plan.Last.Decoded.NearBranchTarget),
            _ => false,
        };
        return dead ? 0 : InstructionAnalyzer.StatusFlags;
    }

    private bool IsHeadDead(BlockPlan plan)
    {
        int left = InstructionAnalyzer.StatusFlags;
        int count = Math.Min(plan.Count, Horizon);
        for (int i = 0; i < count; i++)
        {
            ref GuestInstruction item = ref plan.Items[i];
            if ((item.FlagsRead & left) != 0 || item.Role == InstructionRole.Exit
                || LeavesWithFlags(item))
            {
                return false;
            }

            left &= ~item.FlagsKilled;
            if (left == 0)
            {
                return true;
            }
        }

        return plan.Count <= Horizon && LiveAtEnd(plan) == 0;
    }

    private bool Scan(ulong rip)
    {
        int left = InstructionAnalyzer.StatusFlags;
        for (int i = 0; i < Horizon; i++)
        {
            if (!reader.TryDecode(rip, out Instruction instruction, out _)
                || instruction.IsInvalid || LeavesCache(instruction)
                || (InstructionAnalyzer.Read(instruction) & left) != 0)
            {
                return false;
            }

            left &= ~InstructionAnalyzer.Killed(instruction);
            if (left == 0)
            {
                return true;
            }

            switch (instruction.FlowControl)
            {
                case FlowControl.Next:
                    rip = instruction.NextIP;
                    break;
                case FlowControl.UnconditionalBranch when instruction.IsJmpShortOrNear:
                case FlowControl.Call when instruction.IsCallNear:
                    rip = instruction.NearBranchTarget;
                    break;
                default:
                    return false;
            }
        }

        return false;
    }

    private static bool LeavesCache(in Instruction instruction) =>
        instruction.IsPrivileged || instruction.Mnemonic is Mnemonic.Syscall or Mnemonic.Rdtsc
            or Mnemonic.Rdtscp or Mnemonic.Pause or Mnemonic.Cpuid or Mnemonic.Xgetbv
            or Mnemonic.Popf or Mnemonic.Popfq;
}

namespace Dilaton.Guest;

/// <summary>What a debugger lets its guest do.</summary>
internal sealed record DebugResume
{
    public static readonly DebugResume Detach = new() { IsDetached = true };

    public static readonly DebugResume Kill = new() { IsDetached = true, IsKilled = true };

    /// <summary>Id of the thread that runs one instruction; null: none is told apart.</summary>
    public int? Step { get; init; }

    /// <summary>Only the thread that steps is to go on. Here the others go on as their vCPUs take
    /// turns, but stop where they would have before.</summary>
    public bool IsAlone { get; init; }

    /// <summary>By GDB's number; <see cref="GdbSignal.None"/>: what the guest stopped with is not
    /// passed on.</summary>
    public int Signal { get; init; }

    /// <summary>To whom.</summary>
    public int? SignalTo { get; init; }

    public bool IsDetached { get; init; }

    public bool IsKilled { get; init; }

    /// <summary>The actions of a vCont packet, the first that fits a thread holding for it (GDB manual,
    /// "vCont").</summary>
    /// <param name="text">Behind the packet's name: each action with a semicolon before it.</param>
    /// <param name="current">The thread that the stop was about.</param>
    /// <returns>Null if it makes no sense.</returns>
    public static DebugResume? Parse(string text, int current)
    {
        DebugResume resume = new();
        bool hasOthers = false;
        string[] actions = text.Split(';', StringSplitOptions.RemoveEmptyEntries);
        foreach (string action in actions)
        {
            string[] parts = action.Split(':');
            bool isAll = parts.Length == 1 || parts[1] is "-1" or "0";
            ulong id = (ulong)current;
            bool takesSignal = action[0] is 'C' or 'S';
            ulong signal = 0;
            if (parts.Length > 2 || action[0] is not ('c' or 'C' or 's' or 'S')
                || (!isAll && !HexText.TryNumber(parts[1], out id)) || id > int.MaxValue
                || (takesSignal ? !HexText.TryNumber(parts[0].AsSpan(1), out signal) || signal > 255
                    : parts[0].Length != 1))
            {
                return null;
            }

            bool steps = action[0] is 's' or 'S';
            hasOthers |= isAll && (!steps || resume.Step is null);
            if (steps && resume.Step is null && (!isAll || actions.Length == 1))
            {
                resume = resume with { Step = (int)id };
            }

            if (signal != 0 && resume.Signal == 0)
            {
                resume = resume with { Signal = (int)signal, SignalTo = (int)id };
            }
        }

        return actions.Length == 0
            ? null
            : resume with { IsAlone = resume.Step is not null && !hasOthers };
    }
}

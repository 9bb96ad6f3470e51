using Dilaton.Core;

namespace Dilaton.Models.Memory;

/// <summary>The commands of a channel that were promised, in the order of time. A new one takes the
/// earliest place that keeps every rule to those before and behind it; none ever moves.</summary>
internal sealed class CommandSchedule(CommandRules rules, RefreshCalendar refreshes, DramTimings timings)
{
    private DramCommand[] _commands = new DramCommand[64];
    private int _head;
    private int _tail;

    public ReadOnlySpan<DramCommand> Commands => _commands.AsSpan(_head, _tail - _head);

    /// <summary>The earliest instant for a command.</summary>
    /// <param name="command">Its time is the earliest that its bank allows.</param>
    /// <param name="limit">It may not be later than this.</param>
    /// <returns>-1: there is none.</returns>
    public long Earliest(in DramCommand command, long limit)
    {
        DramCommand candidate = command;
        while (true)
        {
            long at = candidate.At;
            candidate = candidate with { At = PastNeighbours(candidate) };
            if (command.Kind == DramCommandKind.Activate)
            {
                candidate = candidate with { At = PastFour(candidate) };
            }

            while (refreshes.IsTaken(candidate.At))
            {
                candidate = candidate with { At = candidate.At + 1 };
            }

            if (candidate.At > limit)
            {
                return -1;
            }

            if (candidate.At == at)
            {
                return at;
            }
        }
    }

    public void Add(in DramCommand command)
    {
        if (_tail == _commands.Length)
        {
            MakeRoom();
        }

        int place = _tail++;
        while (place > _head && _commands[place - 1].At > command.At)
        {
            _commands[place] = _commands[place - 1];
            place--;
        }

        _commands[place] = command;
    }

    /// <summary>Forgets what nothing from an instant on is kept off by.</summary>
    /// <param name="retire">Is told each one, in the order of time.</param>
    public void Forget(long now, Action<DramCommand> retire)
    {
        long past = now - rules.ReachMax;
        while (_head < _tail && _commands[_head].At < past)
        {
            retire(_commands[_head++]);
        }

        if (_head == _tail)
        {
            _head = _tail = 0;
        }
    }

    /// <summary>HOT: per command.</summary>
    private long PastNeighbours(in DramCommand command)
    {
        DramCommand candidate = command;
        for (int i = FirstFrom(candidate.At - rules.ReachMax); i < _tail; i++)
        {
            ref readonly DramCommand other = ref _commands[i];
            if (other.At >= candidate.At)
            {
                if (other.At >= candidate.At + rules.ReachMax)
                {
                    break;
                }

                // Nothing may come so shortly before one that is promised, nor at the same time.
                if (other.At - candidate.At >= rules.Between(candidate, other)
                    && (other.At > candidate.At || rules.Between(other, candidate) == 0))
                {
                    continue;
                }
            }

            long after = other.At + rules.Between(other, candidate);
            if (after > candidate.At)
            {
                candidate = candidate with { At = after };
            }
        }

        return candidate.At;
    }

    /// <summary>Of any five activates of a rank the last is FAW behind the first.</summary>
    private long PastFour(in DramCommand command)
    {
        Span<long> before = stackalloc long[4];
        Span<long> behind = stackalloc long[4];
        before.Fill(long.MinValue / 2);
        behind.Fill(long.MaxValue / 2);
        int found = 0;
        for (int i = FirstFrom(command.At - timings.Faw); i < _tail && found < 4; i++)
        {
            ref readonly DramCommand other = ref _commands[i];
            if (other.Kind != DramCommandKind.Activate || other.Where.Rank != command.Where.Rank)
            {
                continue;
            }

            if (other.At <= command.At)
            {
                before[1..].CopyTo(before);
                before[3] = other.At;
            }
            else
            {
                behind[found++] = other.At;
            }
        }

        // With k of the others before it and 4 - k behind it: the first and last of the five.
        for (int k = 4; k >= 0; k--)
        {
            long first = k == 0 ? command.At : before[4 - k];
            long last = k == 4 ? command.At : behind[3 - k];
            if (last - first < timings.Faw)
            {
                return k == 4 ? first + timings.Faw : behind[0];
            }
        }

        return command.At;
    }

    /// <summary>Index of the first command at or after an instant.</summary>
    private int FirstFrom(long at)
    {
        int low = _head;
        int high = _tail;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_commands[middle].At < at)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private void MakeRoom()
    {
        Invariant.Require(_tail >= _head);
        int count = _tail - _head;
        DramCommand[] room = count * 2 > _commands.Length
            ? new DramCommand[_commands.Length * 2]
            : _commands;
        Array.Copy(_commands, _head, room, 0, count);
        (_commands, _head, _tail) = (room, 0, count);
    }
}

using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>read(2) of a terminal: a line, or in raw mode as many bytes and as long as VMIN and
/// VTIME say, in virtual time.</summary>
internal sealed class TerminalReads(NodeFileSystem files)
{
    private const ulong MillisecondsPerTick = 100;

    /// <param name="lengthBytes">Of all segments, more than 0.</param>
    public SystemCallResult Read(
        SystemCallContext call, SlaveFile file, ReadOnlySpan<IoSegment> segments, ulong lengthBytes)
    {
        PseudoTerminal line = file.Line;
        if (line.IsHungUp)
        {
            return 0;
        }

        int wanted = (int)Math.Min(lengthBytes, InputLine.BytesMax);
        PendingCall pending = files.GetPending(call);
        bool isOver = call.TimedOut || call.IsInterrupted || file.IsNonBlocking;
        bool isReady = line.Settings.IsCanonical
            ? line.Discipline.IsReadable
            : IsEnough(line, wanted, isOver);
        if (isReady)
        {
            return Take(call, line, segments, wanted);
        }

        if (!line.Settings.IsCanonical && IsTimeUp(call, line, pending))
        {
            return 0;
        }

        return file.IsNonBlocking
            ? -Errno.EAGAIN
            : SystemCallResult.Block(new WaitRequest(
                [line.SlaveRead.Queue],
                pending.Deadline,
                $"read {ByteText.ToText(file.Path)}")
            {
                IsRecheckedOnContinue = true,
            });
    }

    /// <param name="isOver">Nothing more is waited for: what there is is enough.</param>
    private static bool IsEnough(PseudoTerminal line, int wanted, bool isOver)
    {
        int count = line.Discipline.Line.Count;
        int least = Math.Max(1, (int)line.Settings.ControlCharacter(TerminalFlags.VMIN));
        return count >= Math.Min(wanted, least) || (isOver && count > 0);
    }

    /// <summary>Counts VTIME: from the call if VMIN is 0, else from the last byte on.</summary>
    /// <returns>True if nothing came in that time.</returns>
    private static bool IsTimeUp(SystemCallContext call, PseudoTerminal line, PendingCall pending)
    {
        byte ticks = line.Settings.ControlCharacter(TerminalFlags.VTIME);
        VirtualDuration time = VirtualDuration.FromMilliseconds(ticks * MillisecondsPerTick);
        if (line.Settings.ControlCharacter(TerminalFlags.VMIN) == 0)
        {
            pending.Deadline ??= TimeArguments.ToDeadline(call.EnteredAt, time);
            return ticks == 0 || call.TimedOut;
        }

        int count = line.Discipline.Line.Count;
        if (ticks > 0 && count > pending.Progress)
        {
            pending.Deadline = TimeArguments.ToDeadline(call.Now, time);
        }

        pending.Progress = count;
        return false;
    }

    private static SystemCallResult Take(
        SystemCallContext call, PseudoTerminal line, ReadOnlySpan<IoSegment> segments, int wanted)
    {
        if (!call.Memory.TryGetSpan(segments[0].Address, 1, forWrite: true, out _)
            && segments[0].LengthBytes > 0)
        {
            return -Errno.EFAULT;
        }

        Span<byte> bytes = new byte[wanted];
        bytes = bytes[..line.Take(bytes)];
        int done = 0;
        foreach (IoSegment segment in segments)
        {
            int part = (int)Math.Min(segment.LengthBytes, (ulong)(bytes.Length - done));
            if (part > 0 && !call.Memory.TryWrite(segment.Address, bytes.Slice(done, part)))
            {
                return done > 0 ? done : -Errno.EFAULT;
            }

            done += part;
        }

        return done;
    }
}

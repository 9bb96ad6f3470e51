using System.Text;
using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>What a user needs to know of a thread that waits: in which call, for what, for whom, and
/// who called.</summary>
internal sealed class WaitReport(
    GuestProcess process, SymbolFinder symbols, NetworkOptions? network)
{
    private const int CallersMax = 6;

    /// <summary>glibc and musl keep a mutex's owner behind its futex word, or in it.</summary>
    private const ulong OwnerOffset = 8;

    private const uint OwnerMask = 0x3fff_ffff;

    public IEnumerable<string> Lines(GuestThread thread, WaitRequest wait)
    {
        GuestRegisters r = thread.Registers;
        StringBuilder text = new();
        text.Append($"process {process.Id} thread {thread.Id} ({thread.Name}) waits");
        if (thread.PendingCall is { } call)
        {
            ulong[] arguments = [r.Rdi, r.Rsi, r.Rdx, r.R10, r.R8, r.R9];
            text.Append($" in {call.Name}(").AppendJoin(", ", arguments
                .Take(SystemCallNames.ArgumentCount(call.Name)).Select(a => $"0x{a:x}")).Append(')');
        }

        text.Append($" for {wait.Description}");
        if (wait.Deadline is { } until)
        {
            text.Append($" until {until}");
        }

        text.Append(Partner(thread, wait));
        yield return text.Append($" at {symbols.Describe(r.Rip)}").ToString();
        List<ulong> callers = StackWalk.Callers(process.Memory, r.Rsp, CallersMax);
        if (callers.Count > 0)
        {
            yield return "  called from "
                + string.Join(", from ", callers.Select(symbols.DescribeReturn));
        }
    }

    /// <summary>For whom it waits, as far as that can be known.</summary>
    private string Partner(GuestThread thread, WaitRequest wait)
    {
        if (thread.FutexWait is not null)
        {
            return Holder(thread, thread.Registers.Rdi);
        }

        foreach (NetworkHost host in network?.Hosts ?? [])
        {
            if (host.Address != network!.Address
                && wait.Description.Contains($" {host.Address}:", StringComparison.Ordinal))
            {
                return $", {host.Address} being {host.Name}";
            }
        }

        return "";
    }

    private string Holder(GuestThread thread, ulong futex)
    {
        foreach (ulong offset in (ReadOnlySpan<ulong>)[OwnerOffset, 0])
        {
            if (!process.Memory.TryReadWord(futex + offset, out ulong value))
            {
                continue;
            }

            uint owner = (uint)value & OwnerMask;
            foreach (GuestThread other in process.Threads)
            {
                if (owner == (uint)other.Id && other != thread)
                {
                    return $", if it is a mutex held by thread {other.Id} ({other.Name})";
                }
            }
        }

        return "";
    }
}

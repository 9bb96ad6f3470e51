using System.Globalization;
using System.Runtime.InteropServices;
using Dilaton.Core;

namespace Dilaton.Native;

/// <summary>Landlock restricts the calling thread only, and a process that has begun has several: those of the
/// runtime, and those of ZeroMQ, which block every signal. But nobody can block the signal by which the C library
/// has all threads change their user id (glibc, "nptl(7)": the second real-time one), and this process never does
/// that. So:
/// <list type="number">
/// <item>that signal gets a handler in machine code, which forbids its thread new privileges, restricts it, and
/// notes its id;</item>
/// <item>each thread of /proc/self/task gets the signal, until a look finds no new one: a thread that another makes
/// meanwhile inherits, or is found by the next look;</item>
/// <item>the action that was there before is put back.</item>
/// </list></summary>
internal static unsafe class ThreadBroadcast
{
    private const int Signal = 33;
    private const int PageBytes = 64 << 10;
    private const int DataOffset = 4096;
    private const int FailedOffset = 4;
    private const int IdsOffset = 8;
    private const ulong Flags = 0x4 | 0x1000_0000 | 0x0400_0000; // SA_SIGINFO, SA_RESTART, SA_RESTORER

    public static void RestrictAll(int ruleset)
    {
        nint page = CodeNatives.mmap(
            0,
            PageBytes,
            CodeNatives.PROT_READ | CodeNatives.PROT_WRITE | CodeNatives.PROT_EXEC,
            CodeNatives.MAP_PRIVATE | CodeNatives.MAP_ANONYMOUS,
            -1,
            0);
        Invariant.Require(page != -1);
        nint data = page + DataOffset;

        // SAFETY: the page is ours and stays: a thread may still return through it. The kernel's struct
        // sigaction is handler, flags, restorer and mask, a word each.
        int length = Emit(new Span<byte>((void*)page, DataOffset), ruleset, data, out int restorer);
        Invariant.Require(length < DataOffset);
        ulong* action = stackalloc ulong[4];
        ulong* before = stackalloc ulong[4];
        action[0] = (ulong)page;
        action[1] = Flags;
        action[2] = (ulong)(page + restorer);
        action[3] = ulong.MaxValue;
        SetAction(action, before);
        HashSet<int> known = [];
        while (Threads().Where(known.Add).ToArray() is { Length: > 0 } found)
        {
            Array.ForEach(found, thread => _ = ConfinementCalls.tgkill(
                ConfinementCalls.SYS_tgkill, Environment.ProcessId, thread, Signal));
            Array.ForEach(found, thread => Await(data, thread));
        }

        SetAction(before, null);
        Invariant.Require(*(int*)(data + FailedOffset) == 0, "every thread could be restricted");
    }

    private static void SetAction(ulong* action, ulong* before)
    {
        if (ConfinementCalls.rt_sigaction(
            ConfinementCalls.SYS_rt_sigaction, Signal, action, before, sizeof(ulong)) != 0)
        {
            throw new NativeCallException("rt_sigaction", $"signal {Signal}", Marshal.GetLastPInvokeError());
        }
    }

    private static IEnumerable<int> Threads() => Directory.EnumerateDirectories("/proc/self/task")
        .Select(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture));

    /// <summary>Until the thread has noted its id, or is gone.</summary>
    private static void Await(nint data, int thread)
    {
        // SAFETY: the handlers count up and note within the pages; there are far fewer threads than room.
        while (!new Span<int>((void*)(data + IdsOffset), (PageBytes - DataOffset - IdsOffset) / sizeof(int))
            .Contains(thread)
            && Directory.Exists(string.Create(CultureInfo.InvariantCulture, $"/proc/self/task/{thread}")))
        {
            Thread.Yield();
        }
    }

    /// <summary>All registers it uses are the caller's to save, which is the kernel here.</summary>
    private static int Emit(Span<byte> code, int ruleset, nint data, out int restorer)
    {
        List<byte> bytes =
        [
            0xB8, 157, 0, 0, 0, // mov eax, prctl
            0xBF, ConfinementCalls.PR_SET_NO_NEW_PRIVS, 0, 0, 0, // mov edi, PR_SET_NO_NEW_PRIVS
            0xBE, 1, 0, 0, 0, // mov esi, 1
            0x31, 0xD2, 0x45, 0x31, 0xD2, 0x45, 0x31, 0xC0, // xor edx, edx; xor r10d, r10d; xor r8d, r8d
            0x0F, 0x05, // syscall
            0xB8, 0xBE, 0x01, 0, 0, // mov eax, landlock_restrict_self
            0xBF, .. BitConverter.GetBytes(ruleset), // mov edi, ruleset
            0x31, 0xF6, // xor esi, esi
            0x0F, 0x05, // syscall
            0x49, 0xB9, .. BitConverter.GetBytes(data), // mov r9, data
            0x85, 0xC0, 0x74, 0x05, // test eax, eax; jz over the next
            0xF0, 0x41, 0xFF, 0x41, FailedOffset, // lock inc dword [r9 + 4]
            0xB8, 186, 0, 0, 0, // mov eax, gettid
            0x0F, 0x05, // syscall
            0xB9, 1, 0, 0, 0, // mov ecx, 1
            0xF0, 0x41, 0x0F, 0xC1, 0x09, // lock xadd [r9], ecx
            0x41, 0x89, 0x44, 0x89, IdsOffset, // mov [r9 + rcx * 4 + 8], eax
            0xC3, // ret
        ];
        restorer = bytes.Count;
        bytes.AddRange([0xB8, 15, 0, 0, 0, 0x0F, 0x05]); // mov eax, rt_sigreturn; syscall
        bytes.ToArray().CopyTo(code);
        return bytes.Count;
    }
}

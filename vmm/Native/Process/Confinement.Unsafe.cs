using System.Runtime.InteropServices;
using Dilaton.Core;
using Microsoft.Win32.SafeHandles;

namespace Dilaton.Native;

/// <summary>Takes from this process, for good, what it no longer needs: new privileges, core dumps, files by
/// Landlock, system calls by seccomp. All threads are concerned, and those that they will start.</summary>
public static unsafe class Confinement
{
    private const uint ActionErrno = 0x0005_0000;
    private const int RuleBytes = 12;

    /// <summary>Version of the host's Landlock; 0: it has none, or none that will do.</summary>
    public static int LandlockAbi()
    {
        // SAFETY: no attributes are read with this flag.
        long abi = ConfinementCalls.create_ruleset(
            ConfinementCalls.SYS_landlock_create_ruleset,
            null,
            0,
            ConfinementCalls.LANDLOCK_CREATE_RULESET_VERSION);
        return abi >= Landlock.AbiLeast ? (int)abi : 0;
    }

    /// <summary>The host's kernel filters system calls.</summary>
    public static bool HasSeccomp()
    {
        // SAFETY: the call reads one word.
        uint action = ActionErrno;
        return ConfinementCalls.seccomp(
            ConfinementCalls.SYS_seccomp, ConfinementCalls.SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
    }

    /// <summary>Neither core dumps nor more open files than it may have now.</summary>
    public static void Limit()
    {
        // SAFETY: struct rlimit is two words.
        ulong* limits = stackalloc ulong[2];
        limits[0] = limits[1] = 0;
        Check(ConfinementCalls.setrlimit(ConfinementCalls.RLIMIT_CORE, limits), "setrlimit", "RLIMIT_CORE");
        Check(ConfinementCalls.getrlimit(ConfinementCalls.RLIMIT_NOFILE, limits), "getrlimit", "RLIMIT_NOFILE");
        limits[1] = limits[0];
        Check(ConfinementCalls.setrlimit(ConfinementCalls.RLIMIT_NOFILE, limits), "setrlimit", "RLIMIT_NOFILE");
    }

    /// <summary>From now on only what the rules name can be opened. What does not exist is left out.</summary>
    public static void RestrictFiles(IEnumerable<LandlockRule> rules)
    {
        int abi = LandlockAbi();
        Invariant.Require(abi > 0);
        using SafeFileHandle ruleset = CreateRuleset(abi);
        foreach (LandlockRule rule in rules)
        {
            Add(ruleset, rule, abi);
        }

        ThreadBroadcast.RestrictAll((int)ruleset.DangerousGetHandle());
    }

    /// <summary>From now on only these system calls can be made.</summary>
    public static void RestrictCalls(SeccompInstruction[] program)
    {
        Check(
            ConfinementCalls.prctl(ConfinementCalls.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0),
            "prctl", "PR_SET_NO_NEW_PRIVS");

        // SAFETY: struct sock_fprog is a count and a pointer; both live through the call, which copies.
        fixed (SeccompInstruction* first = program)
        {
            nint* description = stackalloc nint[2];
            description[0] = program.Length;
            description[1] = (nint)first;
            Check(
                ConfinementCalls.seccomp(
                    ConfinementCalls.SYS_seccomp,
                    ConfinementCalls.SECCOMP_SET_MODE_FILTER,
                    ConfinementCalls.SECCOMP_FILTER_FLAG_TSYNC,
                    description),
                "seccomp", "all threads");
        }
    }

    private static SafeFileHandle CreateRuleset(int abi)
    {
        // SAFETY: the call reads as many words as it is told.
        ulong* attributes = stackalloc ulong[3];
        long errata = ConfinementCalls.create_ruleset(
            ConfinementCalls.SYS_landlock_create_ruleset,
            null,
            0,
            ConfinementCalls.LANDLOCK_CREATE_RULESET_ERRATA);
        attributes[0] = Landlock.Handled(abi);
        attributes[1] = Landlock.HandledNetwork(abi);
        attributes[2] = Landlock.Scoped(abi, (int)Math.Max(errata, 0));
        long descriptor = ConfinementCalls.create_ruleset(
            ConfinementCalls.SYS_landlock_create_ruleset,
            attributes,
            Landlock.AttributeWords(abi) * sizeof(ulong),
            0);
        Check(descriptor, "landlock_create_ruleset", "this process");
        return new SafeFileHandle((nint)descriptor, ownsHandle: true);
    }

    private static void Add(SafeFileHandle ruleset, LandlockRule rule, int abi)
    {
        bool isFolder = Directory.Exists(rule.Path);
        if (HostFiles.OpenPath(rule.Path, out SafeFileHandle place) != 0)
        {
            return;
        }

        using (place)
        {
            // SAFETY: struct landlock_path_beneath_attr is packed: the rights, then the descriptor.
            byte* attribute = stackalloc byte[RuleBytes];
            *(ulong*)attribute = Landlock.Rights(rule.Access, isFolder, abi);
            *(int*)(attribute + sizeof(ulong)) = (int)place.DangerousGetHandle();
            Check(
                ConfinementCalls.add_rule(
                    ConfinementCalls.SYS_landlock_add_rule,
                    ruleset,
                    ConfinementCalls.LANDLOCK_RULE_PATH_BENEATH,
                    attribute,
                    0),
                "landlock_add_rule", rule.Path);
        }
    }

    private static void Check(long result, string call, string subject)
    {
        if (result < 0)
        {
            throw new NativeCallException(call, subject, Marshal.GetLastPInvokeError());
        }
    }
}

using Dilaton.Native;

namespace Dilaton.Cli;

/// <summary>A vCPU came out of the guest otherwise than the case says.</summary>
/// <param name="error">The host's errno of KVM_RUN.</param>
internal sealed class KvmTrialException(int error, KvmExitReason seen, KvmExitReason expected)
    : Exception($"expected exit {expected}, came {seen} ({(int)seen}), errno {error}");

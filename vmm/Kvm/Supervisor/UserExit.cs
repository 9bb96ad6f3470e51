namespace Dilaton.Kvm;

/// <summary>How user code came out of a vCPU; its registers are as it left them.</summary>
/// <param name="Vector">Of an exception.</param>
/// <param name="ErrorCode">Of an exception that has one, else 0.</param>
/// <param name="Address">Virtual, of a page fault; guest-physical, of a host fault.</param>
internal readonly record struct UserExit(
    UserExitKind Kind, int Vector = 0, ulong ErrorCode = 0, ulong Address = 0);

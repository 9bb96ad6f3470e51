namespace Dilaton.Kvm;

/// <summary>KVM ended the guest in a way that nothing of ours can cause, or that it can't go on from.
/// </summary>
public sealed class KvmGuestException(string message) : Exception(message);

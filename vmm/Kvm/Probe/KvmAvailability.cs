namespace Dilaton.Kvm;

/// <summary>Whether this process can use KVM at all.</summary>
public enum KvmAvailability
{
    Usable,

    /// <summary>There is no /dev/kvm.</summary>
    Missing,

    /// <summary>There is one, and this process may not open it.</summary>
    Forbidden,

    /// <summary>It opens, and something that every guest needs fails.</summary>
    Broken,
}

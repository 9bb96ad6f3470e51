namespace Dilaton.Guest;

/// <summary>What the guest lets itself do with a page; the values of PROT_*.</summary>
[Flags]
internal enum GuestProtection
{
    None = 0,
    Read = 1,
    Write = 2,
    Execute = 4,
}

namespace Dilaton.Guest;

/// <summary>Which futex: a word of a process, or of a shared file.</summary>
/// <param name="Owner">Process id, or minus the device of a shared file.</param>
/// <param name="Object">Inode, for a shared file.</param>
/// <param name="Offset">Address, or offset in the file.</param>
internal readonly record struct FutexKey(long Owner, ulong Object, ulong Offset);

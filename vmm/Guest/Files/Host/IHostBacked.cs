using Dilaton.Native;

namespace Dilaton.Guest;

/// <summary>An inode whose bytes lie in a host file.</summary>
internal interface IHostBacked
{
    /// <summary>What the guest sees of the host file's present status.</summary>
    FileStatus ToStatus(in HostFileStatus status);
}

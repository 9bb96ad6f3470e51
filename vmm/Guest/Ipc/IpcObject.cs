using System.Buffers.Binary;

namespace Dilaton.Guest;

/// <summary>What System V objects have in common (ipc(7), struct ipc64_perm).</summary>
internal abstract class IpcObject
{
    public const int PermissionsSizeBytes = 48;
    public const int IPC_PRIVATE = 0;
    public const int IPC_RMID = 0;
    public const int IPC_SET = 1;
    public const int IPC_STAT = 2;
    public const int IPC_NOWAIT = 0x800;

    private const uint PermissionMask = 0x1ff;

    public int Id { get; init; }

    /// <summary>IPC_PRIVATE once it is removed and only lives on in those who have it.</summary>
    public int Key { get; set; }

    public uint Mode { get; set; }

    public uint UserId { get; private set; } = GuestIdentity.UserId;

    public uint GroupId { get; private set; } = GuestIdentity.GroupId;

    /// <summary>Of its making and its last change.</summary>
    public long ChangeSeconds { get; set; }

    /// <summary>The first part of what IPC_STAT gives.</summary>
    public void WritePermissions(Span<byte> to)
    {
        BinaryPrimitives.WriteInt32LittleEndian(to, Key);
        BinaryPrimitives.WriteUInt32LittleEndian(to[4..], UserId);
        BinaryPrimitives.WriteUInt32LittleEndian(to[8..], GroupId);
        BinaryPrimitives.WriteUInt32LittleEndian(to[12..], GuestIdentity.UserId);
        BinaryPrimitives.WriteUInt32LittleEndian(to[16..], GuestIdentity.GroupId);
        BinaryPrimitives.WriteUInt32LittleEndian(to[20..], Mode);
    }

    /// <summary>IPC_SET: owner and permissions.</summary>
    public void SetPermissions(ReadOnlySpan<byte> from, long nowSeconds)
    {
        UserId = BinaryPrimitives.ReadUInt32LittleEndian(from[4..]);
        GroupId = BinaryPrimitives.ReadUInt32LittleEndian(from[8..]);
        uint given = BinaryPrimitives.ReadUInt32LittleEndian(from[20..]);
        Mode = (Mode & ~PermissionMask) | (given & PermissionMask);
        ChangeSeconds = nowSeconds;
    }
}

namespace Dilaton.Guest;

/// <summary>Addresses as arguments of socket calls.</summary>
internal static class SocketArguments
{
    /// <summary><c>struct sockaddr_storage</c>.</summary>
    private const int AddressBytesMax = 128;

    /// <returns>0, EINVAL or EFAULT.</returns>
    public static int TryReadAddress(
        SystemCallContext call, ulong address, int length, out byte[] bytes)
    {
        bytes = [];
        if (length is < 0 or > AddressBytesMax)
        {
            return Errno.EINVAL;
        }

        bytes = new byte[length];
        return length == 0 || call.Memory.TryRead(address, bytes.AsSpan()) ? 0 : Errno.EFAULT;
    }

    /// <summary>Writes as much of an address as there is room for, and its whole length.</summary>
    /// <returns>0, EINVAL or EFAULT.</returns>
    public static int TryWriteAddress(
        SystemCallContext call, ulong address, ulong lengthAddress, byte[] bytes)
    {
        if (!call.Memory.TryRead(lengthAddress, out int room))
        {
            return Errno.EFAULT;
        }

        if (room < 0)
        {
            return Errno.EINVAL;
        }

        int length = Math.Min(room, bytes.Length);
        return (length == 0 || call.Memory.TryWrite(address, bytes.AsSpan(0, length)))
            && call.Memory.TryWrite(lengthAddress, bytes.Length) ? 0 : Errno.EFAULT;
    }
}

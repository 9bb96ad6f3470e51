namespace Dilaton.Guest;

/// <summary>What goes beside a message on an AF_UNIX socket (cmsg(3)): open files, credentials.
/// </summary>
internal static class ControlMessages
{
    private const int SocketLevel = 1;
    private const int Rights = 1;
    private const int Credentials = 2;
    private const int HeaderBytes = 16;
    private const ulong ControlBytesMax = 20_480;
    private const int RightsMax = 253;

    /// <summary>Reads what a sender gives.</summary>
    /// <returns>0, EINVAL, EBADF, EFAULT or ENOBUFS.</returns>
    public static int TryRead(
        SystemCallContext call,
        in MessageHeader header,
        FileDescriptorTable descriptors,
        List<OpenFile> rights)
    {
        if (header.ControlLength > ControlBytesMax)
        {
            return Errno.ENOBUFS;
        }

        for (ulong at = 0; at + HeaderBytes <= header.ControlLength;)
        {
            ulong address = header.ControlAddress + at;
            if (!call.Memory.TryRead(address, out ulong length)
                || !call.Memory.TryRead(address + 8, out int level)
                || !call.Memory.TryRead(address + 12, out int type))
            {
                return Errno.EFAULT;
            }

            if (length < HeaderBytes || length > header.ControlLength - at)
            {
                return Errno.EINVAL;
            }

            if (level == SocketLevel && type is not (Rights or Credentials))
            {
                return Errno.EINVAL;
            }

            if (level == SocketLevel && type == Rights)
            {
                int error = TryReadRights(call, address, length, descriptors, rights);
                if (error != 0)
                {
                    return error;
                }
            }

            at += (length + 7) & ~7UL;
        }

        return rights.Count > RightsMax ? Errno.EINVAL : 0;
    }

    /// <summary>Writes what came: files get descriptors, as many as there is room for.</summary>
    /// <returns>Bytes written, and flags for the header.</returns>
    public static (ulong Length, int Flags) Write(
        SystemCallContext call,
        in MessageHeader header,
        in ReceivedMessage message,
        FileDescriptorTable descriptors,
        int receiveFlags)
    {
        const int CredentialBytes = 12;
        int flags = receiveFlags & SocketNumbers.MSG_CMSG_CLOEXEC;
        ulong done = 0;
        if (message.SenderProcessId != 0)
        {
            bool fits = header.HasControl && header.ControlLength >= HeaderBytes + CredentialBytes;
            bool isWritten = fits && TryWriteHeader(
                call, header.ControlAddress, CredentialBytes, Credentials)
                && call.Memory.TryWrite(
                    header.ControlAddress + HeaderBytes,
                    LocalSocket.Credentials(message.SenderProcessId).AsSpan());
            done = isWritten ? HeaderBytes + 16UL : 0;
            flags |= isWritten ? 0 : SocketNumbers.MSG_CTRUNC;
        }

        IReadOnlyList<OpenFile> rights = message.Rights;
        if (rights.Count == 0)
        {
            return (Math.Min(done, header.ControlLength), flags);
        }

        int given = 0;
        ulong start = header.ControlAddress + done;
        ulong room = header.ControlLength - Math.Min(done, header.ControlLength);
        ulong countMax = header.HasControl && room > HeaderBytes
            ? (room - HeaderBytes) / sizeof(int) : 0;
        while (given < rights.Count && (ulong)given < countMax)
        {
            int descriptor = descriptors.Add(
                rights[given], (receiveFlags & SocketNumbers.MSG_CMSG_CLOEXEC) != 0);
            ulong place = start + HeaderBytes + ((ulong)given * sizeof(int));
            if (descriptor < 0 || !call.Memory.TryWrite(place, descriptor))
            {
                break;
            }

            given++;
        }

        LocalSocket.Drop(rights);
        if (given > 0)
        {
            TryWriteHeader(call, start, given * sizeof(int), Rights);
            ulong length = HeaderBytes + ((ulong)given * sizeof(int));
            done += Math.Min((length + 7) & ~7UL, room);
        }

        return (done, given < rights.Count ? flags | SocketNumbers.MSG_CTRUNC : flags);
    }

    private static bool TryWriteHeader(
        SystemCallContext call, ulong address, int payloadBytes, int type) =>
        call.Memory.TryWrite(address, (ulong)(HeaderBytes + payloadBytes))
        && call.Memory.TryWrite(address + 8, SocketLevel)
        && call.Memory.TryWrite(address + 12, type);

    private static int TryReadRights(
        SystemCallContext call,
        ulong address,
        ulong length,
        FileDescriptorTable descriptors,
        List<OpenFile> rights)
    {
        for (ulong i = HeaderBytes; i + sizeof(int) <= length; i += sizeof(int))
        {
            if (!call.Memory.TryRead(address + i, out int descriptor))
            {
                return Errno.EFAULT;
            }

            if (!descriptors.TryGet(descriptor, out OpenFile? file))
            {
                return Errno.EBADF;
            }

            rights.Add(file);
        }

        return 0;
    }
}

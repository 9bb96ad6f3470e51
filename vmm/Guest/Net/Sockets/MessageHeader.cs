namespace Dilaton.Guest;

/// <summary><c>struct msghdr</c>.</summary>
internal readonly record struct MessageHeader(
    ulong NameAddress,
    int NameLength,
    IoSegment[] Segments,
    ulong ControlAddress,
    ulong ControlLength)
{
    private const ulong NameLengthOffset = 8;
    private const ulong SegmentsOffset = 16;
    private const ulong CountOffset = 24;
    private const ulong ControlOffset = 32;
    private const ulong ControlLengthOffset = 40;
    private const ulong FlagsOffset = 48;
    private const ulong SegmentCountMax = 1024;

    /// <returns>0, EFAULT, EMSGSIZE or EINVAL.</returns>
    public static int TryRead(SystemCallContext call, ulong address, out MessageHeader header)
    {
        header = default;
        IUserMemory memory = call.Memory;
        if (!memory.TryRead(address, out ulong name)
            || !memory.TryRead(address + NameLengthOffset, out int nameLength)
            || !memory.TryRead(address + SegmentsOffset, out ulong place)
            || !memory.TryRead(address + CountOffset, out ulong count)
            || !memory.TryRead(address + ControlOffset, out ulong control)
            || !memory.TryRead(address + ControlLengthOffset, out ulong controlLength))
        {
            return Errno.EFAULT;
        }

        if (count > SegmentCountMax)
        {
            return Errno.EMSGSIZE;
        }

        var segments = new IoSegment[(int)count];
        for (int i = 0; i < segments.Length; i++)
        {
            if (!memory.TryRead(place + ((ulong)i * 16), out segments[i]))
            {
                return Errno.EFAULT;
            }

            if ((long)segments[i].LengthBytes < 0)
            {
                return Errno.EINVAL;
            }
        }

        header = new MessageHeader(name, nameLength, segments, control, controlLength);
        return nameLength < 0 ? Errno.EINVAL : 0;
    }

    public bool HasControl => ControlAddress != 0 && ControlLength > 0;

    /// <summary>Tells what came beside the bytes: sender, and if the message was cut.</summary>
    /// <param name="controlLength">Of the control messages that were written.</param>
    /// <param name="controlFlags">MSG_CTRUNC and the like.</param>
    public bool TryComplete(
        SystemCallContext call,
        ulong address,
        in ReceivedMessage message,
        ulong controlLength,
        int controlFlags)
    {
        byte[] source = message.Source ?? [];
        if (NameAddress != 0)
        {
            int length = Math.Min(NameLength, source.Length);
            if ((length > 0 && !call.Memory.TryWrite(NameAddress, source.AsSpan(0, length)))
                || !call.Memory.TryWrite(address + NameLengthOffset, source.Length))
            {
                return false;
            }
        }

        int flags = controlFlags | (message.IsTruncated ? SocketNumbers.MSG_TRUNC : 0);
        return call.Memory.TryWrite(address + ControlLengthOffset, controlLength)
            && call.Memory.TryWrite(address + FlagsOffset, flags);
    }
}

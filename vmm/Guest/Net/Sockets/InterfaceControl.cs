using System.Buffers.Binary;
using System.Text;

namespace Dilaton.Guest;

/// <summary>ioctl(2) on interfaces (netdevice(7)): a program may look, and change nothing.</summary>
internal static class InterfaceControl
{
    private const uint GetName = 0x8910;
    private const uint GetList = 0x8912;
    private const uint GetFlags = 0x8913;
    private const uint GetAddress = 0x8915;
    private const uint GetDestination = 0x8917;
    private const uint GetBroadcast = 0x8919;
    private const uint GetMask = 0x891b;
    private const uint GetMetric = 0x891d;
    private const uint GetMtu = 0x8921;
    private const uint GetHardware = 0x8927;
    private const uint GetIndex = 0x8933;
    private const uint GetQueueLength = 0x8942;
    private const uint FirstRequest = 0x8910;
    private const uint LastRequest = 0x89ff;

    private const int NameBytes = 16;
    private const int RequestBytes = 40;
    private const int UpFlag = 0x1;
    private const int BroadcastFlag = 0x2;
    private const int LoopbackFlag = 0x8;
    private const int RunningFlag = 0x40;
    private const int MulticastFlag = 0x1000;
    private const int LoopbackKind = 772;
    private const int EthernetKind = 1;

    public static long Perform(
        NetworkStack stack, SystemCallContext call, uint request, ulong argument)
    {
        if (request is < FirstRequest or > LastRequest)
        {
            return -Errno.ENOTTY;
        }

        if (request == GetList)
        {
            return List(stack, call, argument);
        }

        Span<byte> data = stackalloc byte[RequestBytes];
        if (!call.Memory.TryRead(argument, data))
        {
            return -Errno.EFAULT;
        }

        NetworkInterface? found = request == GetName
            ? Find(stack, BinaryPrimitives.ReadInt32LittleEndian(data[NameBytes..]))
            : Find(stack, NameOf(data));
        if (found is null)
        {
            return -Errno.ENODEV;
        }

        int error = Fill(found, request, data);
        return error != 0 ? -error
            : call.Memory.TryWrite(argument, data) ? 0 : -Errno.EFAULT;
    }

    public static int FlagsOf(NetworkInterface it) => UpFlag | RunningFlag
        | (it.IsLoopback ? LoopbackFlag : BroadcastFlag | MulticastFlag);

    public static int KindOf(NetworkInterface it) => it.IsLoopback ? LoopbackKind : EthernetKind;

    public static int QueueLengthOf(NetworkInterface it) =>
        it is EthernetInterface ethernet ? ethernet.QueueFrames : 1000;

    private static int Fill(NetworkInterface it, uint request, Span<byte> data)
    {
        Span<byte> value = data[NameBytes..];
        switch (request)
        {
            case GetName:
                data[..NameBytes].Clear();
                Encoding.ASCII.GetBytes(it.Name, data);
                return 0;
            case GetFlags:
                BinaryPrimitives.WriteInt16LittleEndian(value, (short)FlagsOf(it));
                return 0;
            case GetAddress or GetDestination:
                WriteAddress(value, it.Address.Value);
                return 0;
            case GetBroadcast:
                WriteAddress(value, it.IsLoopback ? 0 : it.NetworkBroadcast.Value);
                return 0;
            case GetMask:
                WriteAddress(value, Ipv4Address.Mask(it.PrefixLength));
                return 0;
            case GetHardware:
                value[..16].Clear();
                BinaryPrimitives.WriteUInt16LittleEndian(value, (ushort)KindOf(it));
                it.Mac.Write(value[2..]);
                return 0;
            case GetMetric or GetMtu or GetIndex or GetQueueLength:
                BinaryPrimitives.WriteInt32LittleEndian(value, request switch
                {
                    GetMtu => it.MtuBytes,
                    GetIndex => it.Index,
                    GetQueueLength => QueueLengthOf(it),
                    _ => 0,
                });
                return 0;
            default:
                // The even numbers up to here set what the odd ones get.
                return request < GetIndex && request % 2 == 0 ? Errno.EPERM : Errno.EOPNOTSUPP;
        }
    }

    /// <summary><c>struct ifconf</c>: room in bytes, and where the list goes; without a place it
    /// asks how much room it takes.</summary>
    private static long List(NetworkStack stack, SystemCallContext call, ulong argument)
    {
        if (!call.Memory.TryRead(argument, out int room)
            || !call.Memory.TryRead(argument + 8, out ulong place))
        {
            return -Errno.EFAULT;
        }

        int used = 0;
        Span<byte> entry = stackalloc byte[RequestBytes];
        foreach (NetworkInterface it in stack.Ip.Interfaces)
        {
            if (place != 0 && used + RequestBytes > room)
            {
                break;
            }

            entry.Clear();
            Encoding.ASCII.GetBytes(it.Name, entry);
            WriteAddress(entry[NameBytes..], it.Address.Value);
            if (place != 0 && !call.Memory.TryWrite(place + (ulong)used, entry))
            {
                return -Errno.EFAULT;
            }

            used += RequestBytes;
        }

        return call.Memory.TryWrite(argument, used) ? 0 : -Errno.EFAULT;
    }

    private static void WriteAddress(Span<byte> value, uint address)
    {
        InternetEndpoint endpoint = new(new Ipv4Address(address), 0);
        InternetSocketAddress.Write(endpoint).CopyTo(value);
    }

    private static string NameOf(ReadOnlySpan<byte> data)
    {
        int length = data[..NameBytes].IndexOf((byte)0);
        return Encoding.ASCII.GetString(data[..(length < 0 ? NameBytes : length)]);
    }

    private static NetworkInterface? Find(NetworkStack stack, string name) =>
        stack.Ip.Interfaces.FirstOrDefault(each => each.Name == name);

    private static NetworkInterface? Find(NetworkStack stack, int index) =>
        stack.Ip.Interfaces.FirstOrDefault(each => each.Index == index);
}

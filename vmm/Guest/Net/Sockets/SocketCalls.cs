using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Guest;

/// <summary>socket(2) and what makes, names and ends connections.</summary>
internal sealed class SocketCalls(NodeFileSystem files, NetworkStack stack) : FileCallGroup(files)
{
    private const int AddressBytesMax = 128;
    private const int OptionBytesMax = 4096;
    private const int IcmpProtocol = 1;
    private const int TcpProtocol = 6;
    private const int UdpProtocol = 17;

    public override void Register(SystemCallTable table)
    {
        const KernelCostClass Cost = KernelCostClass.Network;
        table.Add(
            41, "socket", Cost, Create, "AF_INET and AF_UNIX only: no AF_INET6, AF_NETLINK, AF_PACKET");
        table.Add(42, "connect", Cost, Connect);
        table.Add(43, "accept", Cost, call => Accept(call, 0));
        table.Add(288, "accept4", Cost, call => Accept(call, call.Int32Argument(3)));
        table.Add(48, "shutdown", Cost, Shutdown);
        table.Add(49, "bind", Cost, Bind);
        table.Add(50, "listen", Cost, Listen);
        table.Add(51, "getsockname", Cost, GetName);
        table.Add(52, "getpeername", Cost, GetPeer);
        table.Add(53, "socketpair", Cost, CreatePair);
        table.Add(54, "setsockopt", Cost, SetOption, "many options are kept and told only");
        table.Add(55, "getsockopt", Cost, GetOption);
    }

    private SystemCallResult Create(SystemCallContext call)
    {
        int type = call.Int32Argument(1);
        int flags = type & ~SocketNumbers.SOCK_TYPE_MASK;
        if ((flags & ~(HostOpen.NonBlocking | HostOpen.CloseOnExec)) != 0)
        {
            return -Errno.EINVAL;
        }

        int error = TryCreate(
            call.Int32Argument(0),
            type & SocketNumbers.SOCK_TYPE_MASK,
            call.Int32Argument(2),
            out SocketFile? socket);
        return error != 0 ? -error : Install(call, socket!, flags);
    }

    private int TryCreate(int family, int type, int protocol, out SocketFile? socket)
    {
        socket = null;
        switch (family)
        {
            case SocketNumbers.AF_INET:
                break;
            case SocketNumbers.AF_UNIX:
                return TryCreateLocal(type, protocol, out socket);
            default:
                return Errno.EAFNOSUPPORT;
        }

        switch (type)
        {
            case SocketNumbers.SOCK_STREAM when protocol is 0 or TcpProtocol:
                socket = new TcpSocket(CreateInode(), stack);
                return 0;
            case SocketNumbers.SOCK_DGRAM when protocol is 0 or UdpProtocol:
                socket = new UdpSocket(CreateInode(), stack);
                return 0;
            case SocketNumbers.SOCK_DGRAM when protocol == IcmpProtocol:
                // Linux's ping_group_range is empty by default.
                return Errno.EACCES;
            case SocketNumbers.SOCK_RAW:
                return Errno.EPERM;
            case SocketNumbers.SOCK_STREAM or SocketNumbers.SOCK_DGRAM:
                return Errno.EPROTONOSUPPORT;
            default:
                return Errno.ESOCKTNOSUPPORT;
        }
    }

    private int TryCreateLocal(int type, int protocol, out SocketFile? socket)
    {
        socket = null;
        if (protocol is not (0 or SocketNumbers.AF_UNIX))
        {
            return Errno.EPROTONOSUPPORT;
        }

        // Linux takes a raw one for a datagram one.
        type = type == SocketNumbers.SOCK_RAW ? SocketNumbers.SOCK_DGRAM : type;
        if (type is not (SocketNumbers.SOCK_STREAM or SocketNumbers.SOCK_DGRAM
            or SocketNumbers.SOCK_SEQPACKET))
        {
            return Errno.ESOCKTNOSUPPORT;
        }

        socket = new LocalSocket(CreateInode(), type, Files.LocalNames);
        return 0;
    }

    private SystemCallResult CreatePair(SystemCallContext call)
    {
        int type = call.Int32Argument(1);
        int flags = type & ~SocketNumbers.SOCK_TYPE_MASK;
        if ((flags & ~(HostOpen.NonBlocking | HostOpen.CloseOnExec)) != 0)
        {
            return -Errno.EINVAL;
        }

        if (call.Int32Argument(0) != SocketNumbers.AF_UNIX)
        {
            return call.Int32Argument(0) == SocketNumbers.AF_INET
                ? -Errno.EOPNOTSUPP : -Errno.EAFNOSUPPORT;
        }

        type &= SocketNumbers.SOCK_TYPE_MASK;
        int error = TryCreateLocal(type, call.Int32Argument(2), out SocketFile? one);
        if (error != 0)
        {
            return -error;
        }

        LocalSocket other = new(CreateInode(), ((LocalSocket)one!).Type, Files.LocalNames);
        LocalSocket.Join((LocalSocket)one!, other);
        long first = Install(call, one!, flags);
        if (first < 0)
        {
            return first;
        }

        long second = Install(call, other, flags);
        FileDescriptorTable descriptors = GetProcess(call).Descriptors;
        ulong both = (uint)first | ((ulong)(uint)second << 32);
        bool isTold = second >= 0 && call.Memory.TryWrite(call.Argument(3), both);
        if (isTold)
        {
            return 0;
        }

        descriptors.Close((int)first);
        if (second >= 0)
        {
            descriptors.Close((int)second);
        }

        return second < 0 ? second : -Errno.EFAULT;
    }

    private SystemCallResult Bind(SystemCallContext call)
    {
        int error = TryGet(call, out SocketFile socket);
        if (error == 0)
        {
            error = SocketArguments.TryReadAddress(
                call, call.Argument(1), call.Int32Argument(2), out byte[] address);
            return error != 0 ? -error
                : socket is LocalSocket local && LocalAddress.IsPath(address)
                ? BindToPath(call, local, address)
                : socket is LocalSocket && address.Length > LocalAddress.BytesMax ? -Errno.EINVAL
                : socket.Bind(address);
        }

        return -error;
    }

    /// <summary>bind of AF_UNIX: the name is a file that it makes.</summary>
    private SystemCallResult BindToPath(SystemCallContext call, LocalSocket socket, byte[] address)
    {
        if (!LocalAddress.TryGetPath(address, out byte[] path))
        {
            return -Errno.EINVAL;
        }

        ProcessFiles process = GetProcess(call);
        PathLookup place = Files.Resolver.ResolvePlace(
            process.WorkingDirectory, ByteText.FromBytes(path));
        int error = place.ErrorOrNameError != 0 ? place.ErrorOrNameError
            : place.Target is not null ? Errno.EADDRINUSE
            : Files.CheckChange(place.Parent!);
        error = error != 0 ? error : socket.CheckBind();
        if (error == 0)
        {
            const uint All = 0x1ff;
            error = place.Parent!.MakeNode(
                place.Name, FileModes.Socket | (All & ~process.Umask), out NodeInode? node);
            return error != 0 ? -error : socket.BindTo(node!, path);
        }

        return -error;
    }

    private SystemCallResult Connect(SystemCallContext call)
    {
        int error = TryGet(call, out SocketFile socket);
        if (error != 0)
        {
            return -error;
        }

        error = SocketArguments.TryReadAddress(
            call, call.Argument(1), call.Int32Argument(2), out byte[] address);
        if (error != 0)
        {
            return -error;
        }

        int result = call.IsRetry ? socket.FinishConnect()
            : socket is LocalSocket local ? ConnectLocal(call, local, address)
            : socket.Connect(address);
        bool goesOn = result == -Errno.EINPROGRESS
            || (result == -Errno.EALREADY && !socket.IsNonBlocking);
        return goesOn && SocketTransfers.TryWait(
            call, socket, isForReading: false, "connect", out WaitRequest? wait)
            ? SystemCallResult.Block(wait)
            : result;
    }

    private int ConnectLocal(SystemCallContext call, LocalSocket socket, byte[] address)
    {
        if (!LocalAddress.IsPath(address))
        {
            return socket.Connect(address);
        }

        int error = LocalAddress.TryFind(
            Files, GetProcess(call), address, out LocalSocket? target);
        return error != 0 ? -error : socket.ConnectTo(target!);
    }

    private SystemCallResult Listen(SystemCallContext call)
    {
        int error = TryGet(call, out SocketFile socket);
        return error != 0 ? -error : socket.Listen(call.Int32Argument(1));
    }

    private SystemCallResult Accept(SystemCallContext call, int flags)
    {
        if ((flags & ~(HostOpen.NonBlocking | HostOpen.CloseOnExec)) != 0)
        {
            return -Errno.EINVAL;
        }

        int error = TryGet(call, out SocketFile socket);
        if (error != 0)
        {
            return -error;
        }

        int result = socket.Accept(CreateInode, out SocketFile? accepted);
        if (result == -Errno.EAGAIN && SocketTransfers.TryWait(
            call, socket, isForReading: true, "accept", out WaitRequest? wait))
        {
            return SystemCallResult.Block(wait);
        }

        if (result != 0)
        {
            return result;
        }

        if (accepted!.GetPeer(out byte[] peer) != 0)
        {
            // It was reset while it waited; Linux gives an empty name.
            peer = InternetSocketAddress.Write(default);
        }

        long descriptor = Install(call, accepted, flags);
        if (descriptor >= 0 && call.Argument(1) != 0)
        {
            error = SocketArguments.TryWriteAddress(
                call, call.Argument(1), call.Argument(2), peer);
            if (error != 0)
            {
                GetProcess(call).Descriptors.Close((int)descriptor);
                return -error;
            }
        }

        return descriptor;
    }

    private SystemCallResult Shutdown(SystemCallContext call)
    {
        int error = TryGet(call, out SocketFile socket);
        int how = call.Int32Argument(1);
        return error != 0 ? -error
            : how is < SocketNumbers.SHUT_RD or > SocketNumbers.SHUT_RDWR ? -Errno.EINVAL
            : socket.Shutdown(how);
    }

    private SystemCallResult GetName(SystemCallContext call)
    {
        int error = TryGet(call, out SocketFile socket);
        return error != 0 ? -error : -SocketArguments.TryWriteAddress(
            call, call.Argument(1), call.Argument(2), socket.GetName());
    }

    private SystemCallResult GetPeer(SystemCallContext call)
    {
        int error = TryGet(call, out SocketFile socket);
        if (error != 0)
        {
            return -error;
        }

        int result = socket.GetPeer(out byte[] peer);
        return result != 0 ? result : -SocketArguments.TryWriteAddress(
            call, call.Argument(1), call.Argument(2), peer);
    }

    private SystemCallResult SetOption(SystemCallContext call)
    {
        int error = TryGet(call, out SocketFile socket);
        if (error != 0)
        {
            return -error;
        }

        int length = call.Int32Argument(4);
        if (length < 0)
        {
            return -Errno.EINVAL;
        }

        byte[] value = new byte[Math.Min(length, OptionBytesMax)];
        return call.Memory.TryRead(call.Argument(3), value.AsSpan())
            ? socket.SetOption(call.Int32Argument(1), call.Int32Argument(2), value)
            : -Errno.EFAULT;
    }

    private SystemCallResult GetOption(SystemCallContext call)
    {
        int error = TryGet(call, out SocketFile socket);
        if (error != 0)
        {
            return -error;
        }

        ulong lengthAddress = call.Argument(4);
        if (!call.Memory.TryRead(lengthAddress, out int room))
        {
            return -Errno.EFAULT;
        }

        if (room < 0)
        {
            return -Errno.EINVAL;
        }

        byte[] value = new byte[Math.Min(room, OptionBytesMax)];
        int result = socket.GetOption(
            call.Int32Argument(1), call.Int32Argument(2), value, out int length);
        length = Math.Min(length, value.Length);
        return result != 0 ? result
            : call.Memory.TryWrite(call.Argument(3), value.AsSpan(0, length))
                && call.Memory.TryWrite(lengthAddress, length) ? 0 : -Errno.EFAULT;
    }

    private int TryGet(SystemCallContext call, out SocketFile socket)
    {
        bool found = TryGetUsable(call, 0, out OpenFile? file);
        socket = (file as SocketFile)!; // Used only after 0.
        return !found ? Errno.EBADF : file is SocketFile ? 0 : Errno.ENOTSOCK;
    }

    private SocketInode CreateInode() => new(Files.Sockets, Files.Sockets.CreateRecord());

    private long Install(SystemCallContext call, SocketFile socket, int flags)
    {
        socket.IsNonBlocking = (flags & HostOpen.NonBlocking) != 0;
        return AddDescriptor(GetProcess(call), socket, (flags & HostOpen.CloseOnExec) != 0);
    }
}

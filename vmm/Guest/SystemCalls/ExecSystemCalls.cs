using System.Text;
using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>execve and execveat.</summary>
internal static class ExecSystemCalls
{
    private const int PathBytesMax = 4096;

    /// <summary>MAX_ARG_STRLEN of Linux.</summary>
    private const int StringBytesMax = 32 << 12;

    private const int StringsMax = 1 << 20;
    private const int AT_FDCWD = -100;
    private const int AT_EMPTY_PATH = 0x1000;
    private const int AT_SYMLINK_NOFOLLOW = 0x100;

    public static void Register(SystemCallTable table)
    {
        table.AddKernel(59, "execve", KernelCostClass.Process, c => Execute(c, 0));
        table.AddKernel(322, "execveat", KernelCostClass.Process, ExecuteAt);
    }

    private static SystemCallResult ExecuteAt(KernelCall call)
    {
        int flags = call.Int32Argument(4);
        if ((flags & ~(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW)) != 0)
        {
            return -Errno.EINVAL;
        }

        int error = TryReadPath(call, 1, out string path);
        if (error != 0)
        {
            return -error;
        }

        if (path.StartsWith('/') || (path.Length > 0 && call.Int32Argument(0) == AT_FDCWD))
        {
            return Execute(call, 1);
        }

        if (path.Length == 0 && (flags & AT_EMPTY_PATH) == 0)
        {
            return -Errno.ENOENT;
        }

        if (!call.Kernel.HasDescriptor(call.Process, call.Int32Argument(0)))
        {
            return -Errno.EBADF;
        }

        // The descriptor's own name serves.
        string own = $"/proc/self/fd/{call.Int32Argument(0)}";
        return Execute(call, path.Length == 0 ? own : $"{own}/{path}", 2);
    }

    /// <param name="first">Index of the argument that is the path.</param>
    private static SystemCallResult Execute(KernelCall call, int first)
    {
        int error = TryReadPath(call, first, out string path);
        return error != 0 ? -error
            : path.Length == 0 ? -Errno.ENOENT
            : Execute(call, path, first + 1);
    }

    private static int TryReadPath(KernelCall call, int argument, out string path)
    {
        ulong address = call.Argument(argument);
        bool isRead = call.Memory.TryReadString(address, PathBytesMax, out string? text);
        path = text ?? "";
        return isRead ? 0
            : call.Memory.TryRead(address + PathBytesMax - 1, out byte _) ? Errno.ENAMETOOLONG
            : Errno.EFAULT;
    }

    private static SystemCallResult Execute(KernelCall call, string path, int first)
    {
        if (!call.Kernel.MayHaveProcesses(call.Thread, "called execve"))
        {
            return -Errno.ENOSYS;
        }

        int error = TryReadStrings(call, call.Argument(first), out List<byte[]> arguments);
        if (error != 0)
        {
            return -error;
        }

        error = TryReadStrings(call, call.Argument(first + 1), out List<byte[]> environment);
        if (error != 0)
        {
            return -error;
        }

        if (arguments.Count == 0)
        {
            // Linux too gives a program at least a name.
            arguments.Add([]);
        }

        error = new ProgramResolver(call.Process.Files)
            .TryResolve(path, arguments, environment, out ProgramStart? start);
        if (error == 0 && start is not null)
        {
            error = call.Kernel.Execute(call.Thread, call.Vcpu, start);
        }

        call.HasSetRegisters = error == 0;
        return -error;
    }

    /// <summary>Reads a list of strings that a null pointer ends.</summary>
    /// <returns>0 or an <see cref="Errno"/>.</returns>
    private static int TryReadStrings(KernelCall call, ulong list, out List<byte[]> strings)
    {
        strings = [];
        int left = InitialStack.StringBytesMax;
        for (; list != 0; list += sizeof(ulong))
        {
            if (!call.Memory.TryRead(list, out ulong address))
            {
                return Errno.EFAULT;
            }

            if (address == 0)
            {
                break;
            }

            if (!TryReadBytes(call, address, out byte[] text))
            {
                return call.Memory.TryRead(address, out byte _) ? Errno.E2BIG : Errno.EFAULT;
            }

            left -= text.Length + 1 + sizeof(ulong);
            if (left < 0 || strings.Count == StringsMax)
            {
                return Errno.E2BIG;
            }

            strings.Add(text);
        }

        return 0;
    }

    private static bool TryReadBytes(KernelCall call, ulong address, out byte[] text)
    {
        text = [];
        if (!call.Memory.TryGetSpan(address, StringBytesMax, forWrite: false, out Span<byte> span))
        {
            return false;
        }

        int end = span.IndexOf((byte)0);
        if (end < 0)
        {
            return false;
        }

        text = span[..end].ToArray();
        call.Memory.Commit(address, (ulong)end + 1, isStore: false);
        return true;
    }
}

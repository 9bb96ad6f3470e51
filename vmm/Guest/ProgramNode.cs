using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>Puts a program guest together: its node kernel and its files.</summary>
public static class ProgramNode
{
    /// <exception cref="ConfigException">The options contradict themselves or the host.
    /// </exception>
    /// <exception cref="GuestLoadException">The program can't be loaded.</exception>
    public static GuestKernel Create(
        GuestOptions options, FileSystemOptions fileOptions, StandardStreams streams)
    {
        fileOptions.Validate("files");
        if (fileOptions.Machine.VcpuCount != options.VcpuCount)
        {
            throw new ConfigException(
                "files.machine.vcpus",
                $"{fileOptions.Machine.VcpuCount} is not the guest's {options.VcpuCount}");
        }

        FileOrigin origin = new(
            options.RealtimeEpochSeconds,
            options.Seed,
            GuestIdentity.UserId,
            GuestIdentity.GroupId);
        NodeFileSystem files = new(fileOptions, origin, streams);
        ProcessFiles process = files.StartProcess(GuestIdentity.FirstProcessId);
        GuestKernel kernel = new(
            options,
            new ProcessFileOpener(files, process),
            (_, table) => FileSystemCalls.Register(table, files));
        files.Attach(
            kernel.Ports, kernel.Ports, new KernelView(kernel), new BrokenPipeSignal());
        return kernel;
    }

    private sealed class BrokenPipeSignal : IBrokenPipeHandler
    {
        public void BrokenPipe(SystemCallContext call)
        {
            var kernelCall = (KernelCall)call;
            kernelCall.Kernel.Send(kernelCall.Thread, Signal.SIGPIPE);
        }
    }
}

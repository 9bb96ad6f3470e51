using Dilaton.Native;
using Microsoft.Win32.SafeHandles;

namespace Dilaton.Cli;

/// <summary>Where a running job can be told something: the socket in its result folder. One thread
/// serves it, which also reads the workers.</summary>
internal sealed class ControlServer : IDisposable
{
    public const string SocketName = "control.sock";

    /// <summary>More at once wait for their turn.</summary>
    private const int ConnectionsMax = 16;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private readonly SafeFileHandle _folder;
    private readonly SafeFileHandle _listener;
    private readonly List<ControlConnection> _connections = [];

    private ControlServer(SafeFileHandle folder, SafeFileHandle listener)
    {
        _folder = folder;
        _listener = listener;
    }

    /// <summary>What to wait for.</summary>
    public IEnumerable<int> Descriptors => _connections
        .Select(each => each.Descriptor)
        .Prepend(_connections.Count < ConnectionsMax ? (int)_listener.DangerousGetHandle() : -1);

    /// <param name="folder">Of the results. What an earlier job has left there is gone.</param>
    /// <param name="errno">Why not, if null is returned: not every file system has sockets.</param>
    public static ControlServer? TryOpen(string folder, out int errno)
    {
        errno = -HostFiles.OpenRoot(folder, out SafeFileHandle handle);
        if (errno == 0)
        {
            errno = -LocalSocket.Listen(handle, SocketName, out SafeFileHandle listener);
            if (errno <= 0)
            {
                return new ControlServer(handle, listener);
            }

            listener.Dispose();
        }

        handle.Dispose();
        return null;
    }

    /// <summary>Takes what has come, and does not wait.</summary>
    /// <param name="take">For each line that is whole.</param>
    public void Poll(Action<ControlConnection, string> take)
    {
        HostPollItem[] items = [.. Descriptors.Select(each => new HostPollItem(each))];
        if (HostPoll.WaitReadable(items, 0) == 0)
        {
            _connections.RemoveAll(each => each.IsOver);
            return;
        }

        for (int i = 1; i < items.Length; i++)
        {
            if (items[i].IsReady && _connections[i - 1].Read() is { } line)
            {
                take(_connections[i - 1], line);
            }
        }

        if (items[0].IsReady
            && LocalSocket.Accept(_listener, out SafeFileHandle socket) == 0)
        {
            _connections.Add(new ControlConnection(socket));
        }

        _connections.RemoveAll(each => each.IsOver);
    }

    /// <summary>The job is over, and its results are written: who still waits is told by the end of
    /// the connection.</summary>
    public void Dispose()
    {
        HostFiles.UnlinkAt(_folder, SocketName);
        _listener.Dispose();
        _connections.ForEach(each => each.Finish(s_patience));
        _folder.Dispose();
    }
}

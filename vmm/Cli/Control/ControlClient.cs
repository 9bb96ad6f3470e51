using System.Text;
using Dilaton.Native;
using Microsoft.Win32.SafeHandles;

namespace Dilaton.Cli;

/// <summary>Tells the job that runs in a folder something, and waits for its answer.</summary>
internal static class ControlClient
{
    private const int ChunkSizeBytes = 1 << 16;

    /// <summary>Some job runs there, on this host.</summary>
    public static bool IsAlive(string folder)
    {
        if (!File.Exists(Path.Combine(folder, ControlServer.SocketName)))
        {
            return false;
        }

        int result = Connect(folder, out SafeFileHandle? socket);
        socket?.Dispose();
        return result == 0;
    }

    /// <param name="answer">Empty: the job has ended before it answered.</param>
    /// <returns>0, or the negated errno for which there is nobody to ask.</returns>
    public static int Ask(string folder, string line, out string answer)
    {
        answer = "";
        int result = Connect(folder, out SafeFileHandle? socket);
        if (socket is null)
        {
            return result;
        }

        using (socket)
        {
            HostFiles.Write(socket, Encoding.UTF8.GetBytes($"{line}\n"));
            using MemoryStream said = new();
            byte[] chunk = new byte[ChunkSizeBytes];
            while (HostFiles.Read(socket, chunk) is > 0 and int count)
            {
                said.Write(chunk, 0, count);
            }

            answer = Encoding.UTF8.GetString(said.GetBuffer(), 0, (int)said.Length);
            return 0;
        }
    }

    private static int Connect(string folder, out SafeFileHandle? socket)
    {
        socket = null;
        int result = HostFiles.OpenRoot(folder, out SafeFileHandle handle);
        using (handle)
        {
            if (result < 0)
            {
                return result;
            }

            result = LocalSocket.Connect(
                handle, ControlServer.SocketName, out SafeFileHandle made);
            if (result < 0)
            {
                made.Dispose();
                return result;
            }

            socket = made;
            return 0;
        }
    }
}

using System.Runtime.InteropServices;

namespace Dilaton.Native;

/// <summary>The system's libzmq.</summary>
public static class ZeroMqLibrary
{
    /// <summary>Loads the library, so that a later call can't fail for the lack of it.</summary>
    /// <exception cref="ZeroMqException">It is not there.</exception>
    public static void Require(string library = ZeroMqCalls.Library)
    {
        // Never freed: the library stays for the life of the process.
        if (!NativeLibrary.TryLoad(library, out _))
        {
            throw new ZeroMqException(library);
        }
    }

    /// <summary>An error number of the host, or of libzmq itself, in words.</summary>
    public static string Describe(int errno) =>
        // SAFETY: zmq_strerror returns a static text, or null.
        $"{Marshal.PtrToStringUTF8(ZeroMqCalls.zmq_strerror(errno))} (errno {errno})";
}

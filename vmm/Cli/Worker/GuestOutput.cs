using Dilaton.Cosim;
using Dilaton.Guest;
using Dilaton.Native;
using Microsoft.Win32.SafeHandles;

namespace Dilaton.Cli;

/// <summary>A standard output of the guest: bytes go to our own descriptor at once and unchanged,
/// and into the event log.</summary>
internal sealed class GuestOutput(int descriptor, NodeSession session) : IGuestOutput, IDisposable
{
    /// <summary>EAGAIN.</summary>
    private const int TryAgain = 11;

    private readonly SafeFileHandle _handle = new(descriptor, ownsHandle: false);

    /// <summary>Nobody reads it any more.</summary>
    public bool IsClosed { get; private set; }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        session.RecordOutput(descriptor, bytes);
        while (!bytes.IsEmpty && !IsClosed)
        {
            int written = HostFiles.Write(_handle, bytes);
            if (written > 0)
            {
                bytes = bytes[written..];
            }
            else if (written == -TryAgain)
            {
                // Somebody else made our terminal or pipe non-blocking.
                Thread.Sleep(1);
            }
            else
            {
                // What a shell would show as death by SIGPIPE: end at the next slice.
                IsClosed = true;
                session.RequestStop();
            }
        }
    }

    public void Dispose() => _handle.Dispose();
}

using Dilaton.Cosim;
using Dilaton.Guest;
using Dilaton.Native;
using Microsoft.Win32.SafeHandles;

namespace Dilaton.Cli;

/// <summary>A standard output of the guest: bytes go to where the job says at once and unchanged,
/// and into the event log.</summary>
internal sealed class GuestOutput : IGuestOutput, IDisposable
{
    /// <summary>EAGAIN.</summary>
    private const int TryAgain = 11;

    private readonly int _descriptor;
    private readonly NodeSession _session;

    // Null: nowhere.
    private readonly SafeFileHandle? _handle;

    /// <param name="descriptor">The guest's, and ours if it is inherited.</param>
    /// <param name="path">The file, if that is the choice.</param>
    public GuestOutput(int descriptor, OutputChoice choice, string path, NodeSession session)
    {
        _descriptor = descriptor;
        _session = session;
        _handle = choice switch
        {
            OutputChoice.Inherit => new SafeFileHandle(descriptor, ownsHandle: false),
            OutputChoice.File => Create(path),
            OutputChoice.None => null,
            _ => throw new ArgumentOutOfRangeException(nameof(choice)),
        };
    }

    /// <summary>Nobody reads it any more.</summary>
    public bool IsClosed { get; private set; }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        _session.RecordOutput(_descriptor, bytes);
        while (_handle is not null && !bytes.IsEmpty && !IsClosed)
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
                _session.RequestStop();
            }
        }
    }

    public void Dispose() => _handle?.Dispose();

    private static SafeFileHandle Create(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.Read);
    }
}

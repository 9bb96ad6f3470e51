using Dilaton.Cosim;
using Dilaton.Guest;
using Microsoft.Win32.SafeHandles;

namespace Dilaton.Cli;

/// <summary>A standard output of the guest: bytes go to where the job says at once and unchanged,
/// and into the event log.</summary>
internal sealed class GuestOutput : IGuestOutput, IDisposable
{
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
            OutputChoice.File => HostOutput.Create(path),
            OutputChoice.None => null,
            _ => throw new ArgumentOutOfRangeException(nameof(choice)),
        };
    }

    /// <summary>Nobody reads it any more.</summary>
    public bool IsClosed { get; private set; }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        _session.RecordOutput(_descriptor, bytes);
        if (_handle is not null && !IsClosed && !HostOutput.TryWrite(_handle, bytes))
        {
            // What a shell would show as death by SIGPIPE: end at the next slice.
            IsClosed = true;
            _session.RequestStop();
        }
    }

    public void Dispose() => _handle?.Dispose();
}

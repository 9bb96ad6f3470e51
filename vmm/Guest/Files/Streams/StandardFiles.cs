using Dilaton.Native;

namespace Dilaton.Guest;

/// <summary>The three standard streams of a node and its terminal, if any of them is one.
/// </summary>
internal sealed class StandardFiles
{
    private const string TerminalPath = "/dev/pts/0";

    private readonly StreamInode _input;
    private readonly StreamInode _output;
    private readonly StreamInode _error;

    public StandardFiles(
        NodeFileSystem files, StandardStreams streams, AnonymousVolume volume)
    {
        TerminalOptions options = files.Options.Terminal;
        Terminal terminal = new(options, files);
        _input = new StreamInode(
            volume,
            volume.CreateRecord(),
            options.IsInputTerminal ? terminal : null,
            streams.Input,
            options.IsInputTerminal && options.IsOutputTerminal ? streams.Output : null);
        _output = new StreamInode(
            volume,
            volume.CreateRecord(),
            options.IsOutputTerminal ? terminal : null,
            options.IsOutputTerminal && options.IsInputTerminal ? streams.Input : null,
            streams.Output);
        _error = new StreamInode(
            volume,
            volume.CreateRecord(),
            options.IsErrorTerminal ? terminal : null,
            null,
            streams.Error);
        terminal.Stream = Controlling;
    }

    /// <summary>The terminal; null if no stream is one.</summary>
    public TerminalLine? Line => Controlling?.Terminal;

    /// <summary>The terminal as a file; null if no stream is one.</summary>
    public StreamInode? Controlling =>
        _input.Terminal is not null ? _input
        : _output.Terminal is not null ? _output
        : _error.Terminal is not null ? _error
        : null;

    public void Open(FileDescriptorTable descriptors)
    {
        StreamInode[] streams = [_input, _output, _error];
        for (int i = 0; i < streams.Length; i++)
        {
            StreamInode stream = streams[i];
            bool isTerminal = stream.Terminal is not null;
            int flags = isTerminal ? HostOpen.ReadWrite
                : i == 0 ? HostOpen.ReadOnly : HostOpen.WriteOnly;
            string path = isTerminal ? TerminalPath : $"pipe:[{stream.Record.Number}]";
            descriptors.Replace(i, new StreamFile(stream, flags, path), isCloseOnExec: false);
        }
    }
}

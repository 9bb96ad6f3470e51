using System.IO.Pipes;
using System.Text;

namespace Dilaton.Cli;

/// <summary>The messages of a worker, one a line, as they come out of a pipe.</summary>
internal sealed class WorkerLines(PipeStream pipe) : IDisposable
{
    private const int ChunkSizeBytes = 1 << 16;

    /// <summary>A worker's longest, all statistics with a timeline, has some megabytes.</summary>
    private const int LineBytesMax = 1 << 26;

    private readonly MemoryStream _line = new();
    private readonly byte[] _chunk = new byte[ChunkSizeBytes];
    private bool _isClosed;

    /// <summary>Of the pipe; -1 once that is closed.</summary>
    public int Descriptor => _isClosed ? -1 : (int)pipe.SafePipeHandle.DangerousGetHandle();

    /// <summary>It said what no worker says; nothing more is heard of it.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Takes what has come; waits only if nothing has.</summary>
    /// <returns>False once its end is closed.</returns>
    public bool Receive(ICollection<WorkerMessage> messages)
    {
        int count = _isClosed ? 0 : pipe.Read(_chunk);
        ReadOnlySpan<byte> left = _chunk.AsSpan(0, count);
        _isClosed |= count == 0;
        while (!_isClosed && left.IndexOf((byte)'\n') is >= 0 and int end)
        {
            _line.Write(left[..end]);
            left = left[(end + 1)..];
            Take(messages);
            _line.SetLength(0);
        }

        if (_line.Length + left.Length > LineBytesMax)
        {
            Break();
        }
        else
        {
            _line.Write(left);
        }

        return !_isClosed;
    }

    public void Dispose()
    {
        _line.Dispose();
        pipe.Dispose();
    }

    /// <summary>A line that is none of ours ends the talk: a worker in its death wrote it, or its guest
    /// did.</summary>
    private void Take(ICollection<WorkerMessage> messages)
    {
        if (WorkerMessageCheck.Read(Encoding.UTF8.GetString(_line.GetBuffer(), 0, (int)_line.Length))
            is { } message)
        {
            messages.Add(message);
        }
        else
        {
            Break();
        }
    }

    private void Break() => _isClosed = IsBroken = true;
}

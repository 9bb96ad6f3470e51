using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>What was typed and not read yet. In canonical mode only whole lines can be read: a mark
/// stands at the end of each, on its last character.</summary>
internal sealed class InputLine
{
    /// <summary>N_TTY_BUF_SIZE of Linux.</summary>
    public const int BytesMax = 4096;

    /// <summary>With a mark: the end of a line or of the file, that is not read itself.</summary>
    private const byte EndOfFile = 0;

    private readonly byte[] _bytes = new byte[BytesMax];
    private readonly bool[] _marks = new bool[BytesMax];

    /// <summary>All three only grow: places are modulo the size.</summary>
    private long _tail;
    private long _lineEnd;
    private long _head;

    /// <summary>Bytes in it, of unfinished lines too.</summary>
    public int Count => (int)(_head - _tail);

    /// <summary>Of the line that is being typed.</summary>
    public int UnfinishedCount => (int)(_head - _lineEnd);

    public bool HasLine => _lineEnd != _tail;

    /// <summary>Bytes that reads of whole lines would give.</summary>
    public int CountInLines()
    {
        int count = 0;
        for (long at = _tail; at < _lineEnd; at++)
        {
            count += _marks[Place(at)] && _bytes[Place(at)] == EndOfFile ? 0 : 1;
        }

        return count;
    }

    /// <summary>From the newest one, 0, back.</summary>
    public byte FromEnd(int index) => _bytes[Place(_head - 1 - index)];

    public void Put(byte c)
    {
        Invariant.Require(Count < BytesMax);
        _marks[Place(_head)] = false;
        _bytes[Place(_head++)] = c;
    }

    /// <summary>The line ends with this character.</summary>
    /// <param name="isEndOfFile">The character itself is not read.</param>
    public void PutEnd(byte c, bool isEndOfFile)
    {
        Put(isEndOfFile ? EndOfFile : c);
        _marks[Place(_head - 1)] = true;
        _lineEnd = _head;
    }

    /// <summary>Takes back the newest characters.</summary>
    public void RemoveNewest(int count)
    {
        Invariant.Require(count <= UnfinishedCount);
        _head -= count;
    }

    public void Clear() => (_tail, _lineEnd, _head) = (0, 0, 0);

    /// <summary>From raw to canonical mode: what is there is a line. The other way there are none.
    /// </summary>
    public void ChangeMode(bool isCanonical)
    {
        Array.Clear(_marks);
        _lineEnd = _tail;
        if (isCanonical && Count > 0)
        {
            _marks[Place(_head - 1)] = true;
            _lineEnd = _head;
        }
    }

    /// <summary>Takes what is there, whatever lines it has.</summary>
    public int Take(Span<byte> destination)
    {
        int count = Math.Min(destination.Length, Count);
        for (int i = 0; i < count; i++)
        {
            destination[i] = _bytes[Place(_tail++)];
        }

        _lineEnd = Math.Max(_lineEnd, _tail);
        return count;
    }

    /// <summary>Takes of the first line; an end of file that stands just behind what was taken goes
    /// with it.</summary>
    public int TakeLine(Span<byte> destination)
    {
        int count = 0;
        while (_tail != _lineEnd && count < destination.Length)
        {
            (byte c, bool isEnd) = (_bytes[Place(_tail)], _marks[Place(_tail)]);
            _tail++;
            if (isEnd && c == EndOfFile)
            {
                return count;
            }

            destination[count++] = c;
            if (isEnd)
            {
                return count;
            }
        }

        if (_tail != _lineEnd && _marks[Place(_tail)] && _bytes[Place(_tail)] == EndOfFile)
        {
            _tail++;
        }

        return count;
    }

    private static int Place(long position) => (int)(position & (BytesMax - 1));
}

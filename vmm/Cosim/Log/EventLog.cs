using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>What happened in virtual time, as a rolling SHA-256 over (time, vCPU, kind, payload)
/// and, if wanted, as text. Nothing host-dependent goes in; two runs are equal if their hashes
/// are.</summary>
internal sealed class EventLog : IDisposable
{
    private const int HeaderBytes = 16;
    private const int PayloadMax = 6 * sizeof(ulong);

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _buffer = new byte[16 * 1024];
    private readonly TextWriter? _writer;
    private int _used;

    public EventLog(TextWriter? writer) => _writer = writer;

    public ulong Count { get; private set; }

    /// <summary>HOT: per sync point.</summary>
    public void Add(VirtualTime at, int vcpu, EventKind kind, params ReadOnlySpan<ulong> payload)
    {
        Invariant.Require(payload.Length * sizeof(ulong) <= PayloadMax);
        Header(at, vcpu, kind, payload.Length * sizeof(ulong));
        foreach (ulong word in payload)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(_buffer.AsSpan(_used), word);
            _used += sizeof(ulong);
        }

        if (_writer is not null)
        {
            WriteLine(at, vcpu, kind, payload);
        }
    }

    public void AddOutput(VirtualTime at, int descriptor, ReadOnlySpan<byte> data)
    {
        Header(at, -1, EventKind.Output, data.Length + (2 * sizeof(ulong)));
        BinaryPrimitives.WriteUInt64LittleEndian(_buffer.AsSpan(_used), (ulong)descriptor);
        BinaryPrimitives.WriteUInt64LittleEndian(_buffer.AsSpan(_used + 8), (ulong)data.Length);
        _used += 2 * sizeof(ulong);
        Flush();
        _hash.AppendData(data);
        if (_writer is not null)
        {
            WriteLine(at, -1, EventKind.Output, [(ulong)descriptor, (ulong)data.Length]);
        }
    }

    /// <summary>The hash of all events so far.</summary>
    public string HashText()
    {
        Flush();
        return Convert.ToHexStringLower(_hash.GetCurrentHash());
    }

    public void Dispose() => _hash.Dispose();

    private void Header(VirtualTime at, int vcpu, EventKind kind, int length)
    {
        if (_used + HeaderBytes + PayloadMax > _buffer.Length)
        {
            Flush();
        }

        Span<byte> header = _buffer.AsSpan(_used, HeaderBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(header, at.Picoseconds);
        BinaryPrimitives.WriteInt16LittleEndian(header[8..], (short)vcpu);
        header[10] = (byte)kind;
        header[11] = 0;
        BinaryPrimitives.WriteInt32LittleEndian(header[12..], length);
        _used += HeaderBytes;
        Count++;
    }

    private void Flush()
    {
        _hash.AppendData(_buffer.AsSpan(0, _used));
        _used = 0;
    }

    private void WriteLine(
        VirtualTime at, int vcpu, EventKind kind, ReadOnlySpan<ulong> payload)
    {
        _writer!.Write(at.Picoseconds.ToString(CultureInfo.InvariantCulture));
        _writer.Write(vcpu < 0 ? " node " : $" vcpu{vcpu} ");
        _writer.Write(kind.ToString());
        foreach (ulong word in payload)
        {
            _writer.Write(" 0x");
            _writer.Write(word.ToString("x", CultureInfo.InvariantCulture));
        }

        _writer.Write('\n');
    }
}

using System.Buffers.Binary;
using System.Text;
using Dilaton.Core;

namespace Dilaton.Protocol;

/// <summary>Writes the messages of a session to a file. The same messages give the same bytes.
/// </summary>
public sealed class WireRecordingWriter : IDisposable
{
    private readonly Stream _file;
    private readonly HashSet<(WireDirection Direction, string Partner)> _begun = [];
    private readonly byte[] _entry = new byte[
        WireRecordingFormat.EntryBytes + WireRecordingFormat.NameBytesMax];

    /// <param name="file">Is disposed of with this.</param>
    /// <param name="session">Name of the session, at most 4096 bytes of UTF-8.</param>
    public WireRecordingWriter(Stream file, string session)
    {
        ArgumentNullException.ThrowIfNull(file);
        _file = file;
        byte[] name = Encoding.UTF8.GetBytes(session);
        Invariant.Require(name.Length <= WireRecordingFormat.SessionBytesMax);
        Span<byte> head = stackalloc byte[WireRecordingFormat.HeadBytes];
        WireRecordingFormat.Magic.CopyTo(head);
        BinaryPrimitives.WriteUInt32LittleEndian(
            head[WireRecordingFormat.MagicBytes..], ProtocolLimits.Version);
        BinaryPrimitives.WriteUInt32LittleEndian(
            head[(WireRecordingFormat.MagicBytes + 4)..], (uint)name.Length);
        _file.Write(head);
        _file.Write(name);
        Fill(name.Length);
    }

    /// <summary>Appends a message. Heartbeats are left out: when they come depends on the host.
    /// </summary>
    /// <param name="partner">Routing id of the peer.</param>
    public void Write(
        WireDirection direction, string partner, ReadOnlySpan<byte> header,
        ReadOnlySpan<byte> payload)
    {
        ArgumentNullException.ThrowIfNull(partner);
        if (partner.EndsWith(WireRecordingFormat.HeartbeatSuffix, StringComparison.Ordinal))
        {
            return;
        }

        if (_begun.Add((direction, partner)))
        {
            header = RecordedHeader.WithoutHost(header);
        }

        Invariant.Require(partner.Length <= WireRecordingFormat.NameBytesMax);
        int name = Encoding.Latin1.GetBytes(
            partner, _entry.AsSpan(WireRecordingFormat.EntryBytes));
        _entry[0] = (byte)direction;
        _entry[1] = (byte)name;
        BinaryPrimitives.WriteUInt32LittleEndian(_entry.AsSpan(4), (uint)header.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(_entry.AsSpan(8), (ulong)payload.Length);
        _file.Write(_entry, 0, WireRecordingFormat.EntryBytes + name);
        _file.Write(header);
        _file.Write(payload);
        Fill((long)name + header.Length + payload.Length);
    }

    public void Dispose() => _file.Dispose();

    private void Fill(long written)
    {
        ReadOnlySpan<byte> zeros = [0, 0, 0, 0, 0, 0, 0];
        _file.Write(zeros[..WireRecordingFormat.Gap(written)]);
    }
}

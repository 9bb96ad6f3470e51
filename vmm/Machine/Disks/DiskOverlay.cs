using Dilaton.Core;
using Microsoft.Win32.SafeHandles;

namespace Dilaton.Machine;

/// <summary>A disk whose changes go to a file of their own: blocks of 4 KiB that were written are there, at
/// their own places in a file with holes, and all others are those of the image beneath. Which are which is
/// known to this object only: the file is of use to one run.</summary>
public sealed class DiskOverlay : IDiskStore
{
    internal const int BlockBytes = 4096;

    private const int BlockShift = 12;
    private const int WordShift = 6;

    private readonly IDiskStore _beneath;
    private readonly SafeFileHandle _file;
    private readonly ulong[] _written;

    /// <param name="beneath">Disposed with this.</param>
    /// <param name="path">Made anew.</param>
    /// <exception cref="IOException">It can't be written.</exception>
    public DiskOverlay(IDiskStore beneath, string path)
    {
        ArgumentNullException.ThrowIfNull(beneath);
        _beneath = beneath;
        _file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read);
        ulong blocks = (beneath.SizeBytes + BlockBytes - 1) >> BlockShift;
        _written = new ulong[(blocks + 63) >> WordShift];
    }

    /// <inheritdoc/>
    public ulong SizeBytes => _beneath.SizeBytes;

    /// <inheritdoc/>
    public bool IsReadOnly => false;

    /// <inheritdoc/>
    public void Read(ulong at, Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bool isOurs = IsWritten(at >> BlockShift);
            int count = RunOf(at, bytes.Length, isOurs);
            if (isOurs)
            {
                DiskImage.ReadWhole(_file, at, bytes[..count]);
            }
            else
            {
                _beneath.Read(at, bytes[..count]);
            }

            at += (ulong)count;
            bytes = bytes[count..];
        }
    }

    /// <inheritdoc/>
    public void Write(ulong at, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        // Of blocks that are written in part, the rest comes from beneath first.
        ulong end = at + (ulong)bytes.Length;
        if (at % BlockBytes != 0)
        {
            Fetch(at >> BlockShift);
        }

        if (end % BlockBytes != 0)
        {
            Fetch(end >> BlockShift);
        }

        RandomAccess.Write(_file, bytes, (long)at);
        for (ulong block = at >> BlockShift; block <= (end - 1) >> BlockShift; block++)
        {
            Mark(block);
        }
    }

    public void Dispose()
    {
        _file.Dispose();
        _beneath.Dispose();
    }

    private bool IsWritten(ulong block) => (_written[block >> WordShift] >> (int)(block & 63) & 1) != 0;

    private void Mark(ulong block) => _written[block >> WordShift] |= 1UL << (int)(block & 63);

    /// <returns>Bytes from there on that lie all in blocks that were written, or all in others.</returns>
    private int RunOf(ulong at, int most, bool isOurs)
    {
        ulong count = BlockBytes - (at % BlockBytes);
        while (count < (ulong)most && IsWritten((at + count) >> BlockShift) == isOurs)
        {
            count += BlockBytes;
        }

        return (int)Math.Min(count, (ulong)most);
    }

    private void Fetch(ulong block)
    {
        if (IsWritten(block))
        {
            return;
        }

        ulong at = block << BlockShift;
        Span<byte> bytes = stackalloc byte[(int)Math.Min(BlockBytes, SizeBytes - at)];
        _beneath.Read(at, bytes);
        RandomAccess.Write(_file, bytes, (long)at);
        Mark(block);
    }
}

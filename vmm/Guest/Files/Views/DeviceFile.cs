namespace Dilaton.Guest;

/// <summary>An open memory device. The random ones give bytes that depend on the seed only.
/// </summary>
internal sealed class DeviceFile(
    Inode inode, int flags, string path, DeviceKind kind, SeededRandom random)
    : OpenFile(inode, flags, path)
{
    /// <summary>A mapping of it is memory without a file.</summary>
    public bool IsZero => kind == DeviceKind.Zero;

    public override bool IsSeekable => true;

    public override bool IsPollable => kind is DeviceKind.Random or DeviceKind.UnseededRandom;

    public override long Read(Span<byte> destination)
    {
        switch (kind)
        {
            case DeviceKind.Null:
                return 0;
            case DeviceKind.Zero or DeviceKind.Full:
                destination.Clear();
                break;
            default:
                random.Fill(destination);
                break;
        }

        return destination.Length;
    }

    public override long Write(ReadOnlySpan<byte> source) =>
        kind == DeviceKind.Full ? -Errno.ENOSPC : source.Length;

    public override long ReadAt(long offset, Span<byte> destination) => Read(destination);

    public override long WriteAt(long offset, ReadOnlySpan<byte> source) => Write(source);

    public override long Seek(long offset, int whence) => 0;
}

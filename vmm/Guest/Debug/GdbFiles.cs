using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Dilaton.Guest;

/// <summary>The guest's files for a debugger that reads them from its target: those that the guest
/// itself may read (GDB manual, "Host I/O Packets"). Nothing is written.</summary>
internal sealed class GdbFiles(Func<IFileOpener> files)
{
    private const int OpenMax = 64;
    private const int StatBytes = 64;
    private const uint RegularReadable = 0x8124;
    private const int ErrorNoEntry = 2;
    private const int ErrorBadFile = 9;
    private const int ErrorReadOnly = 30;
    private const int ErrorTooMany = 23;
    private const int ErrorUnknown = 9999;
    private const int AccessMask = 3;

    private readonly SortedDictionary<int, IMappableFile> _open = [];

    /// <param name="request">Behind `vFile:`.</param>
    /// <param name="replyBytesMax">No reply is longer.</param>
    /// <returns>Null if it is not known.</returns>
    public byte[]? Answer(string request, int replyBytesMax)
    {
        int colon = request.IndexOf(':', StringComparison.Ordinal);
        string[] arguments = colon < 0 ? [] : request[(colon + 1)..].Split(',');
        try
        {
            return (colon < 0 ? request : request[..colon], arguments.Length) switch
            {
                ("setfs", 1) => Result(0),
                ("open", 3) => Open(arguments[0], arguments[1]),
                ("close", 1) => Close(arguments[0]),
                ("pread", 3) => Read(arguments, replyBytesMax),
                ("fstat", 1) => Status(arguments[0]),
                _ => null,
            };
        }
        catch (IOException)
        {
            return Error(ErrorUnknown);
        }
    }

    private byte[] Open(string path, string flags)
    {
        if (!HexText.TryNumber(flags, out ulong mode) || HexText.Bytes(path) is not { } name)
        {
            return Error(ErrorUnknown);
        }

        if ((mode & AccessMask) != 0)
        {
            return Error(ErrorReadOnly);
        }

        if (_open.Count == OpenMax)
        {
            return Error(ErrorTooMany);
        }

        int error = files().TryOpen(Encoding.UTF8.GetString(name), out IMappableFile? file);
        if (error != 0 || file is null)
        {
            return Error(error == 0 ? ErrorNoEntry : error);
        }

        int number = 3;
        while (_open.ContainsKey(number))
        {
            number++;
        }

        _open.Add(number, file);
        return Result(number);
    }

    private byte[] Close(string number) =>
        TryFind(number, out int found, out _) && _open.Remove(found)
            ? Result(0)
            : Error(ErrorBadFile);

    private byte[] Read(string[] arguments, int replyBytesMax)
    {
        if (!TryFind(arguments[0], out _, out IMappableFile? file)
            || !HexText.TryNumber(arguments[1], out ulong count)
            || !HexText.TryNumber(arguments[2], out ulong offset) || offset > long.MaxValue)
        {
            return Error(ErrorBadFile);
        }

        // Half, as every byte of it may need an escape.
        byte[] bytes = new byte[Math.Min(count, (ulong)(replyBytesMax / 2))];
        int read = offset >= (ulong)file.LengthBytes ? 0 : file.Read((long)offset, bytes);
        return WithData(read, bytes.AsSpan(0, read));
    }

    /// <summary>GDB manual, "struct stat": big-endian.</summary>
    private byte[] Status(string number)
    {
        if (!TryFind(number, out _, out IMappableFile? file))
        {
            return Error(ErrorBadFile);
        }

        byte[] bytes = new byte[StatBytes];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)file.DeviceId);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), (uint)file.Inode);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(8), RegularReadable);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(12), 1);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(28), file.LengthBytes);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(36), 4096);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(44), (file.LengthBytes + 511) / 512);
        return WithData(StatBytes, bytes);
    }

    private bool TryFind(
        string number,
        out int found,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IMappableFile? file)
    {
        file = null;
        found = HexText.TryNumber(number, out ulong value) && value <= OpenMax + 3 ? (int)value : -1;
        return _open.TryGetValue(found, out file);
    }

    private static byte[] Result(int value) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"F{value:x}"));

    private static byte[] Error(int number) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"F-1,{number:x}"));

    private static byte[] WithData(int count, ReadOnlySpan<byte> data) =>
        [.. Result(count), (byte)';', .. data];
}

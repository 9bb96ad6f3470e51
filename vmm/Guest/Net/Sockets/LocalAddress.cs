namespace Dilaton.Guest;

/// <summary><c>struct sockaddr_un</c>.</summary>
internal static class LocalAddress
{
    public const int BytesMax = 110;

    private const int PathOffset = 2;

    /// <summary>Of family AF_UNIX, and neither abstract nor without a name.</summary>
    public static bool IsPath(ReadOnlySpan<byte> address) =>
        InternetSocketAddress.FamilyOf(address) == SocketNumbers.AF_UNIX
        && address.Length > PathOffset && address[PathOffset] != 0;

    /// <returns>False if it is too long.</returns>
    public static bool TryGetPath(ReadOnlySpan<byte> address, out byte[] path)
    {
        ReadOnlySpan<byte> text = address[PathOffset..];
        int end = text.IndexOf((byte)0);
        path = (end < 0 ? text : text[..end]).ToArray();
        return address.Length <= BytesMax;
    }

    /// <summary>The socket that a path or an abstract name leads to.</summary>
    /// <returns>0 or a positive errno.</returns>
    public static int TryFind(
        NodeFileSystem files, ProcessFiles process, byte[] address, out LocalSocket? socket)
    {
        socket = null;
        if (InternetSocketAddress.FamilyOf(address) != SocketNumbers.AF_UNIX
            || address.Length is <= PathOffset or > BytesMax)
        {
            return Errno.EINVAL;
        }

        if (!IsPath(address))
        {
            socket = files.LocalNames.Find(address.AsSpan(PathOffset));
            return socket is null ? Errno.ECONNREFUSED : 0;
        }

        TryGetPath(address, out byte[] path);
        PathLookup found = files.Resolver.Resolve(
            process.WorkingDirectory, ByteText.FromBytes(path), followLast: true);
        if (found.ErrorOrMissing != 0)
        {
            return found.ErrorOrMissing;
        }

        int refused = files.CheckAccess(found.Target!, isReading: false, isWriting: true);
        socket = files.LocalNames.Find(found.Target!);
        return refused != 0 ? refused : socket is null ? Errno.ECONNREFUSED : 0;
    }
}

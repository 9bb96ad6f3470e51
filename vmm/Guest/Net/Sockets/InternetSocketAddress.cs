using System.Buffers.Binary;

namespace Dilaton.Guest;

/// <summary><c>struct sockaddr_in</c> (ip(7)).</summary>
internal static class InternetSocketAddress
{
    public const int SizeBytes = 16;

    /// <returns>0, EINVAL if it is too short, EAFNOSUPPORT if it is of another family.</returns>
    public static int TryRead(ReadOnlySpan<byte> address, out InternetEndpoint endpoint)
    {
        endpoint = default;
        if (address.Length < SizeBytes)
        {
            return Errno.EINVAL;
        }

        endpoint = new InternetEndpoint(
            new Ipv4Address(BinaryPrimitives.ReadUInt32BigEndian(address[4..])),
            BinaryPrimitives.ReadUInt16BigEndian(address[2..]));
        return FamilyOf(address) == SocketNumbers.AF_INET ? 0 : Errno.EAFNOSUPPORT;
    }

    public static int FamilyOf(ReadOnlySpan<byte> address) => address.Length < 2
        ? SocketNumbers.AF_UNSPEC
        : BinaryPrimitives.ReadUInt16LittleEndian(address);

    public static byte[] Write(InternetEndpoint endpoint)
    {
        byte[] address = new byte[SizeBytes];
        BinaryPrimitives.WriteUInt16LittleEndian(address, SocketNumbers.AF_INET);
        BinaryPrimitives.WriteUInt16BigEndian(address.AsSpan(2), endpoint.Port);
        BinaryPrimitives.WriteUInt32BigEndian(address.AsSpan(4), endpoint.Address.Value);
        return address;
    }
}

using System.Runtime.InteropServices;
using System.Text;

namespace Dilaton.Native;

/// <summary>A key pair of CurveZMQ (RFC 26), in Z85 text: 40 characters each. Who has both belongs
/// to the job that they were made for.</summary>
public sealed record CurveKeys
{
    /// <summary>Of a key in Z85; libzmq ends it with a zero.</summary>
    public const int TextLength = 40;

    private const int KeyBytes = 32;

    private CurveKeys(string publicKey, string secretKey)
    {
        Public = publicKey;
        Secret = secretKey;
    }

    public string Public { get; }

    public string Secret { get; }

    /// <summary>Whether the host's libzmq was built with encryption.</summary>
    /// <exception cref="ZeroMqException">libzmq is missing.</exception>
    public static bool CanBeMade()
    {
        ZeroMqLibrary.Require();
        return ZeroMqCalls.zmq_has("curve") == 1;
    }

    /// <exception cref="ZeroMqException">libzmq is missing, or has no encryption.</exception>
    public static CurveKeys Make()
    {
        ZeroMqLibrary.Require();
        Span<byte> publicKey = stackalloc byte[TextLength + 1];
        Span<byte> secretKey = stackalloc byte[TextLength + 1];
        if (ZeroMqCalls.zmq_curve_keypair(publicKey, secretKey) != 0)
        {
            throw new ZeroMqException(
                "zmq_curve_keypair", "libzmq", Marshal.GetLastPInvokeError());
        }

        return new CurveKeys(
            Encoding.ASCII.GetString(publicKey[..TextLength]),
            Encoding.ASCII.GetString(secretKey[..TextLength]));
    }

    /// <summary>One line: public key, a space, secret key.</summary>
    public static CurveKeys? TryParse(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        string[] words = line.Trim().Split(' ');
        return words.Length == 2 && Array.TrueForAll(words, word => Bytes(word) is not null)
            ? new CurveKeys(words[0], words[1])
            : null;
    }

    /// <summary>As <see cref="TryParse"/> reads it.</summary>
    public string ToLine() => $"{Public} {Secret}";

    /// <summary>Nothing that is logged may show the secret.</summary>
    public override string ToString() => $"{nameof(CurveKeys)} {Public}";

    /// <summary>The 32 bytes of the public key, as partners show it.</summary>
    internal byte[] PublicBytes() => Bytes(Public)!;

    private static byte[]? Bytes(string key)
    {
        byte[] bytes = new byte[KeyBytes];
        return key.Length == TextLength && ZeroMqCalls.zmq_z85_decode(bytes, key) != 0
            ? bytes
            : null;
    }
}

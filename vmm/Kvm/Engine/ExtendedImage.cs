using System.Buffers.Binary;
using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Kvm;

/// <summary>Between the image that <see cref="ExtendedState"/> describes and the standard form of
/// XSAVE (Intel SDM vol. 1, "XSAVE Area"): the same FXSAVE image, then a header, then the upper halves
/// of ymm0 to ymm15.</summary>
internal static class ExtendedImage
{
    private const int HeaderOffset = 512;
    private const int HeaderBytes = 64;
    private const int YmmHighOffset = 576;
    private const int YmmHighBytes = 256;

    // x87, SSE and AVX.
    private const ulong Parts = 7;

    private const ushort ControlWordDefault = 0x37F;
    private const uint MxcsrDefault = 0x1F80;

    /// <summary>Parts that the processor has left at their initial values, it may not have written.
    /// </summary>
    public static void FromHost(ReadOnlySpan<byte> host, Span<byte> image)
    {
        const ulong X87 = 1;
        const ulong Sse = 2;
        const ulong Avx = 4;
        ulong present = BinaryPrimitives.ReadUInt64LittleEndian(host[HeaderOffset..]);
        host[..HeaderOffset].CopyTo(image);
        if ((present & X87) == 0)
        {
            // All but MXCSR and its mask, which follow SSE.
            image[..ExtendedState.MxcsrOffset].Clear();
            image[32..ExtendedState.XmmOffset].Clear();
            BinaryPrimitives.WriteUInt16LittleEndian(image, ControlWordDefault);
        }

        if ((present & Sse) == 0)
        {
            image[ExtendedState.XmmOffset..HeaderOffset].Clear();
        }

        if ((present & (Sse | Avx)) == 0)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(
                image[ExtendedState.MxcsrOffset..], MxcsrDefault);
        }

        Span<byte> high = image[ExtendedState.YmmHighOffset..];
        if ((present & Avx) != 0)
        {
            host.Slice(YmmHighOffset, YmmHighBytes).CopyTo(high);
        }
        else
        {
            high.Clear();
        }
    }

    public static void ToHost(ReadOnlySpan<byte> image, Span<byte> host)
    {
        host.Clear();
        image[..HeaderOffset].CopyTo(host);
        BinaryPrimitives.WriteUInt64LittleEndian(host[HeaderOffset..], Parts);
        image[ExtendedState.YmmHighOffset..].CopyTo(host.Slice(YmmHighOffset, YmmHighBytes));
        Invariant.Require(host.Length == KvmVcpu.ExtendedStateBytes
            && HeaderOffset + HeaderBytes == YmmHighOffset);
    }
}

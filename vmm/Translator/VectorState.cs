using System.Buffers.Binary;
using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Translator;

/// <summary>Moves vector registers between the form that entry code loads (16 whole ymm) and the
/// image that <see cref="ExtendedState"/> describes. The x87 part lives in the image alone.
/// </summary>
internal static class VectorState
{
    private const int Registers = 16;
    private const int HalfBytes = 16;
    private const int MxcsrMaskOffset = 28;
    private const uint MxcsrMask = 0xFFFF;
    private const ushort ControlWordDefault = 0x37F;

    public static void Reset(VcpuContext vcpu)
    {
        Span<byte> image = vcpu.Extended;
        image.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(
            image[ExtendedState.ControlWordOffset..], ControlWordDefault);
        Show(vcpu);
    }

    public static void Show(VcpuContext vcpu)
    {
        Span<byte> image = vcpu.Extended;
        Span<byte> ymm = vcpu.Ymm;
        for (int i = 0; i < Registers; i++)
        {
            ymm.Slice(2 * HalfBytes * i, HalfBytes)
                .CopyTo(image[(ExtendedState.XmmOffset + (HalfBytes * i))..]);
            ymm.Slice((2 * HalfBytes * i) + HalfBytes, HalfBytes)
                .CopyTo(image[(ExtendedState.YmmHighOffset + (HalfBytes * i))..]);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(
            image[ExtendedState.MxcsrOffset..], vcpu.Dword(VcpuContextLayout.Mxcsr));
        BinaryPrimitives.WriteUInt32LittleEndian(image[MxcsrMaskOffset..], MxcsrMask);
    }

    public static void Read(VcpuContext vcpu)
    {
        ReadOnlySpan<byte> image = vcpu.Extended;
        Span<byte> ymm = vcpu.Ymm;
        for (int i = 0; i < Registers; i++)
        {
            image.Slice(ExtendedState.XmmOffset + (HalfBytes * i), HalfBytes)
                .CopyTo(ymm[(2 * HalfBytes * i)..]);
            image.Slice(ExtendedState.YmmHighOffset + (HalfBytes * i), HalfBytes)
                .CopyTo(ymm[((2 * HalfBytes * i) + HalfBytes)..]);
        }

        vcpu.Dword(VcpuContextLayout.Mxcsr) = MxcsrMask
            & BinaryPrimitives.ReadUInt32LittleEndian(image[ExtendedState.MxcsrOffset..]);
    }
}

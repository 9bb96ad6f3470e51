namespace Dilaton.Core;

/// <summary>Layout of a vCPU's x87, SSE and AVX state as <see cref="IVcpu.ExtendedState"/> shows
/// it: the 512-byte FXSAVE64 image (Intel SDM vol. 1, "FXSAVE Area"), then the upper 16 bytes of
/// ymm0 to ymm15.</summary>
public static class ExtendedState
{
    public const int ControlWordOffset = 0;
    public const int MxcsrOffset = 24;
    public const int XmmOffset = 160;
    public const int YmmHighOffset = 512;
    public const int SizeBytes = 768;
}

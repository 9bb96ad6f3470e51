using System.Text;
using Dilaton.Core;

namespace Dilaton.Machine;

/// <summary>What ACPI's DSDT says, in AML (ACPI 6.5, "ACPI Machine Language (AML) Specification" and "Resource Data
/// Types for ACPI"):
/// <code>
/// Name (_S5_, Package () {5, 5, 0, 0})
/// Scope (\_SB_) {
///   Device (VRnn) {                               for each virtio device
///     Name (_HID, "LNRO0005")  Name (_UID, nn)
///     Name (_CRS, ResourceTemplate () {
///       Memory32Fixed (ReadWrite, address, length)
///       Interrupt (ResourceConsumer, Level, ActiveHigh, Exclusive) {line}
///   })}}
/// </code></summary>
internal static class DifferentiatedTable
{
    private const byte NameOp = 0x08;
    private const byte ByteOp = 0x0a;
    private const byte StringOp = 0x0d;
    private const byte ScopeOp = 0x10;
    private const byte BufferOp = 0x11;
    private const byte ExtendedOp = 0x5b;
    private const byte DeviceOp = 0x82;
    private const byte Root = (byte)'\\';
    private const byte MemoryTag = 0x86;
    private const byte InterruptTag = 0x89;
    private const byte EndTag = 0x79;
    private const byte IsWritable = 1;
    private const byte ConsumerLevelHigh = 1;
    private const int OneByteLengthMax = 63;
    private const int TwoByteLengthMax = 4095;

    /// <returns>Without its header.</returns>
    public static byte[] Of(int virtioCount)
    {
        // A package of four: SLP_TYPa, SLP_TYPb and two that are reserved.
        List<byte> table = [NameOp, .. Segment("_S5_"), 0x12, 0x08, 0x04, ByteOp, 5, ByteOp, 5, 0, 0];
        if (virtioCount > 0)
        {
            List<byte> scope = [Root, .. Segment("_SB_")];
            for (int i = 0; i < virtioCount; i++)
            {
                scope.AddRange(Virtio(i));
            }

            table.AddRange([ScopeOp, .. Package(scope)]);
        }

        return [.. table];
    }

    private static List<byte> Virtio(int index)
    {
        byte[] resources =
        [
            MemoryTag, 9, 0, IsWritable,
            .. Word((uint)VirtioBus.Base + ((uint)index * VirtioBus.StepBytes)), .. Word(VirtioBus.StepBytes),
            InterruptTag, 6, 0, ConsumerLevelHigh, 1, .. Word((uint)(VirtioBus.FirstInterrupt + index)),
            EndTag, 0,
        ];
        List<byte> device =
        [
            .. Segment($"VR{index:00}"),
            NameOp, .. Segment("_HID"), StringOp, .. "LNRO0005"u8, 0,
            NameOp, .. Segment("_UID"), ByteOp, (byte)index,
            NameOp, .. Segment("_CRS"), BufferOp, .. Package([ByteOp, (byte)resources.Length, .. resources]),
        ];
        return [ExtendedOp, DeviceOp, .. Package(device)];
    }

    /// <summary>Behind its length, which counts itself.</summary>
    private static List<byte> Package(List<byte> content)
    {
        int length = content.Count + 1;
        if (length <= OneByteLengthMax)
        {
            return [(byte)length, .. content];
        }

        length++;
        Invariant.Require(length <= TwoByteLengthMax);
        return [(byte)(0x40 | (length & 0xf)), (byte)(length >> 4), .. content];
    }

    private static byte[] Segment(string name) => Encoding.ASCII.GetBytes(name);

    private static byte[] Word(uint value) =>
        [(byte)value, (byte)(value >> 8), (byte)(value >> 16), (byte)(value >> 24)];
}

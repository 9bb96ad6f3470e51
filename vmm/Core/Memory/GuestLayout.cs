namespace Dilaton.Core;

/// <summary>Where things lie in a program guest's <see cref="AddressWindow"/>, from its start on: the
/// same in every run. All guest code lies below <see cref="EngineStart"/>, within 2 GiB of the
/// engine's code cache.
/// <code>
/// 0x0_0040_0000  fixed-address image, then its heap (brk)
/// 0x0_1000_0000  position-independent image, then its heap
/// 0x0_4000_0000  modules: file mappings and executable anonymous memory, upward
/// 0x0_6000_0000  engine: vCPU contexts, record buffer, code cache; never the guest's
/// 0x0_7000_0000  engine: target map
/// 0x5_0000_0000  anonymous memory, upward
/// 0xF_F000_0000  top of the first thread's stack, downward
/// </code></summary>
public static class GuestLayout
{
    public const ulong LowestAddress = 0x1_0000;
    public const ulong PositionIndependentImage = 0x1000_0000;
    public const ulong ModulesStart = 0x4000_0000;
    public const ulong ModulesEnd = 0x6000_0000;
    public const ulong EngineStart = 0x6000_0000;
    public const ulong CodeEnd = 0x7000_0000;
    public const ulong EngineEnd = 0x5_0000_0000;
    public const ulong AnonymousStart = 0x5_0000_0000;
    public const ulong AnonymousEnd = 0xF_0000_0000;
    public const ulong StackTop = 0xF_F000_0000;
    public const ulong StackSizeBytes = 8UL << 20;
    public const ulong WindowSizeBytes = 64UL << 30;
}

using Dilaton.Core;

namespace Dilaton.Tests.Unit.Guest;

internal sealed class AccessLog : IKernelAccessSink
{
    public List<(int Vcpu, ulong Address, ulong Length, bool IsStore)> Copies { get; } = [];

    public void Copied(
        VcpuId vcpu, GuestVirtualAddress address, ulong lengthBytes, bool isStore) =>
        Copies.Add((vcpu.Index, address.Value, lengthBytes, isStore));
}

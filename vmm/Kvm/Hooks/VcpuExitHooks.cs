using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Kvm;

/// <summary>The hooks of one vCPU: a chain for each reason to leave the guest, with what is known of such
/// an exit. They are asked before the engine looks at the exit, and cost no virtual time.</summary>
public sealed class VcpuExitHooks
{
    public ExitHookChain<SystemCallExit> SystemCalls { get; } = new();

    public ExitHookChain<ExceptionExit> Exceptions { get; } = new();

    public ExitHookChain<DebugExit> Debugs { get; } = new();

    public ExitHookChain<HostFaultExit> HostFaults { get; } = new();

    public ExitHookChain<InterruptionExit> Interruptions { get; } = new();

    /// <summary>Hands an exit to the chain of its reason. HOT: per exit.</summary>
    internal ExitVerdict Ask(VcpuId vcpu, in UserExit exit, ref KvmRegisters registers) => exit.Kind switch
    {
        UserExitKind.SystemCall => SystemCalls.Dispatch(new SystemCallExit(vcpu, ref registers)),
        UserExitKind.Exception => Exceptions.Dispatch(new ExceptionExit(
            vcpu, ref registers, exit.Vector, exit.ErrorCode, exit.Address)),
        UserExitKind.Debug => Debugs.Dispatch(new DebugExit(vcpu, in registers)),
        UserExitKind.HostFault => HostFaults.Dispatch(new HostFaultExit(vcpu, exit.Address)),
        _ => Interruptions.Dispatch(new InterruptionExit(vcpu, in registers)),
    };
}

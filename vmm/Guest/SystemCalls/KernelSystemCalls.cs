namespace Dilaton.Guest;

/// <summary>All system calls that are not on files.</summary>
internal static class KernelSystemCalls
{
    public static void Register(SystemCallTable table)
    {
        MemorySystemCalls.Register(table);
        MemoryPolicyCalls.Register(table);
        MemoryTransferCalls.Register(table);
        ThreadSystemCalls.Register(table);
        ProcessSystemCalls.Register(table);
        ProcessGroupCalls.Register(table);
        ExecSystemCalls.Register(table);
        WaitSystemCalls.Register(table);
        SchedulingSystemCalls.Register(table);
        FutexSystemCalls.Register(table);
        TimeSystemCalls.Register(table);
        IdentitySystemCalls.Register(table);
        PriorityCalls.Register(table);
        PrivilegedSystemCalls.Register(table);
        SignalSystemCalls.Register(table);
        SignalSendCalls.Register(table);
        SignalWaitCalls.Register(table);
        TimerSystemCalls.Register(table);
        SharedSegmentCalls.Register(table);
        SemaphoreCalls.Register(table);
        MessageQueueCalls.Register(table);
    }
}

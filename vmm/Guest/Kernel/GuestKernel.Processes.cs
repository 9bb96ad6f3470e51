using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>How processes begin, become other programs, and end.</summary>
public sealed partial class GuestKernel
{
    internal ProcessTable Processes { get; } = new();

    /// <summary>Ends the guest if its engine can't go from one process to another.</summary>
    internal bool MayHaveProcesses(GuestThread thread, string what)
    {
        if (Options.HasOneProcess)
        {
            EndUnsupported(
                thread,
                $"the guest {what}: its engine runs one process (it lacks the trait "
                + $"{nameof(EngineTraits.SwitchesProcesses)}); the engine `translator` has it");
        }

        return !Options.HasOneProcess;
    }

    /// <summary>The process that a pidfd stands for; null if the descriptor is none.</summary>
    internal PidFile? FindPidFile(int processId, int descriptor) =>
        _nodeFiles?.GetProcess(processId).Descriptors.TryGet(descriptor, out OpenFile? file) == true
            ? file as PidFile : null;

    /// <summary>CLONE_PIDFD.</summary>
    /// <returns>A descriptor, or -EMFILE.</returns>
    internal long AddPidFile(int processId, GuestProcess child) =>
        _nodeFiles?.AddPidFile(processId, child, 0) ?? -Errno.EMFILE;

    internal bool HasDescriptor(GuestProcess process, int descriptor) =>
        _nodeFiles?.GetProcess(process.Id).Descriptors.TryGet(descriptor, out _) == true;

    /// <summary>Makes a child of the thread's process, ready to return from the call in progress with
    /// 0.</summary>
    /// <param name="memory">Of the child: a copy, or its parent's own (vfork).</param>
    internal GuestThread Fork(
        GuestThread parent, IVcpu vcpu, AddressSpace memory, int exitSignal)
    {
        GuestProcess process = parent.Process;
        int id = TakeThreadId();
        IFileOpener files = _nodeFiles is { } tree
            ? new ProcessFileOpener(tree, tree.ForkProcess(process.Id, id))
            : process.Files;
        var child = new GuestProcess(this, id, process.Start, memory, files)
        {
            AuxiliaryVector = process.AuxiliaryVector,
            StartTime = Now,
            ParentId = process.Id,
            GroupId = process.GroupId,
            SessionId = process.SessionId,
            ExitSignal = exitSignal,
            BorrowsMemory = memory == process.Memory,
            Signals = process.Signals.Fork(),
            Limits = process.Limits.Fork(),
            Traits = process.Traits.Fork(),
            Terminal = process.Terminal,
        };
        var thread = new GuestThread(child, id, parent.Affinity)
        {
            Name = parent.Name,
            LastVcpu = parent.LastVcpu,
            Signals = parent.Signals.Fork(),
        };
        thread.Save(vcpu);
        thread.Registers.Rax = 0;
        child.Add(thread);
        Processes.Add(child);
        return thread;
    }

    /// <summary>exec: makes the thread's process another program, whose first instruction is next.
    /// If that can't be, nothing has changed.</summary>
    /// <returns>0 or an <see cref="Errno"/>.</returns>
    internal int Execute(GuestThread thread, IVcpu vcpu, ProgramStart start)
    {
        GuestProcess process = thread.Process;
        var memory = new AddressSpace(_memory);
        if (!TryLoad(thread, memory, start, out LoadedProgram? program, out ulong stack, out int error))
        {
            memory.Dispose();
            process.Memory.Activate();
            return error;
        }

        foreach (GuestThread other in process.Threads.ToArray())
        {
            if (other != thread)
            {
                EndQuietly(other);
            }
        }

        memory.Activate();
        _nodeFiles?.GetProcess(process.Id).Descriptors.CloseOnExec();
        AddressSpace old = process.Memory;
        process.Become(start, memory, AuxiliaryVector.Read(memory, stack));
        thread.Become(process.Id, process.Name);
        vcpu.Registers = new GuestRegisters
        {
            Rip = program!.Start,
            Rsp = stack,
            Rflags = InitialRflags,
        };
        FpState.Reset(vcpu.ExtendedState);
        ReturnMemory(process);
        Enter(vcpu, memory);
        old.Release();
        Debugger?.Executed(process);
        return 0;
    }

    /// <summary>Ends a process and all its threads; with the node's first one the node.</summary>
    /// <param name="describe">Tells, for people, how it died: empty for an exit.</param>
    internal void EndProcess(GuestProcess process, ProcessEnd end, Func<string> describe)
    {
        if (process.End is not null || Exit is not null)
        {
            return;
        }

        if (process == _process)
        {
            End(new GuestExit(end.Code, end.Signal, describe()));
            return;
        }

        UserMemory.Lend(process.Memory, () =>
        {
            foreach (GuestThread thread in process.Threads)
            {
                ReleaseRobustFutexes(thread);
            }
        });
        foreach (GuestThread thread in process.Threads.ToArray())
        {
            EndQuietly(thread);
        }

        int[] held = GroupsHeldBy(process);
        process.End = end;
        process.Ended.Signal();
        process.Timers.End();
        Ipc.EndProcess(process.Id);
        _nodeFiles?.EndProcess(process.Id);
        Jobs.Ended(process);
        ReturnMemory(process);
        foreach (GuestProcess child in Processes.ChildrenOf(process.Id))
        {
            Orphan(process, child);
        }

        TellParent(process, end);
        ReleaseOrphaned(held);

        // Last: a child that its end kills is ended on behalf of the same memory.
        process.Memory.Release();
    }

    /// <summary>The parent has waited for it.</summary>
    internal void Reap(GuestProcess child)
    {
        if (Processes.TryFind(child.ParentId, out GuestProcess? parent))
        {
            parent.ChildrenCpuTime += child.EndedCpuTime + child.ChildrenCpuTime;
        }

        Processes.Remove(child);
    }

    /// <summary>Ends a thread that runs no code any more, wherever it is.</summary>
    private void EndQuietly(GuestThread thread)
    {
        switch (thread.State)
        {
            case ThreadState.Blocked:
                thread.Abandon();
                break;
            case ThreadState.Ready:
                RunQueues.Withdraw(thread);
                break;
            case ThreadState.Running:
                thread.CpuTime += Now - thread.RunningSince;
                thread.RunningSince = Now;
                if (!IsActing(thread))
                {
                    // Its vCPU finds it dead before it runs any more of its code.
                    RunQueues.Interrupt(new VcpuId(thread.LastVcpu));
                }

                break;
            case ThreadState.Stopped:
                break;
            default:
                return;
        }

        if (thread.FutexWait is { } waiter)
        {
            Futexes.Remove(waiter);
            thread.FutexWait = null;
        }

        FutexVectorCalls.Leave(thread);
        if (thread.PiWait is { IsOwner: false } locker)
        {
            PiFutexes.Remove(locker);
        }

        thread.PiWait = null;
        PiFutexCalls.Release(this, thread);
        thread.State = ThreadState.Dead;
        thread.Process.Remove(thread);
    }

    /// <summary>Its parent's memory is its parent's alone again.</summary>
    private static void ReturnMemory(GuestProcess process)
    {
        if (process.BorrowsMemory)
        {
            process.BorrowsMemory = false;
            process.MemoryReturned.Wake();
        }
    }

    /// <summary>The child of a process that ends gets another parent: the next ancestor that asked
    /// for that (PR_SET_CHILD_SUBREAPER), or nobody.</summary>
    private void Orphan(GuestProcess parent, GuestProcess child)
    {
        int id = parent.ParentId;
        GuestProcess? ancestor;
        while (Processes.TryFind(id, out ancestor) && !ancestor.Traits.IsSubreaper)
        {
            id = ancestor.ParentId;
        }

        child.ParentId = ancestor?.Id ?? GuestIdentity.ParentProcessId;
        if (child.End is { } end)
        {
            TellParent(child, end);
        }
        else if (child.Traits.ParentDeathSignal is var signal and not 0)
        {
            Signals.Send(child, SignalInfo.From(parent.Id, signal, SignalInfo.SI_USER));
        }
    }

    private void TellParent(GuestProcess process, ProcessEnd end)
    {
        if (!Processes.TryFind(process.ParentId, out GuestProcess? parent) || parent.End is not null)
        {
            Processes.Remove(process);
            return;
        }

        bool isReaped = process.ExitSignal == Signal.SIGCHLD
            && parent.Signals.Action(Signal.SIGCHLD).ReapsChildren;
        if (process.ExitSignal != 0)
        {
            Signals.Send(parent, SignalInfo.Child(process.Id, process.ExitSignal, end.Report));
        }

        if (isReaped)
        {
            Reap(process);
        }

        parent.ChildEnded.Wake();
    }

    /// <returns>False if it can't be started, and why.</returns>
    private bool TryLoad(
        GuestThread thread,
        AddressSpace memory,
        ProgramStart start,
        out LoadedProgram? program,
        out ulong stack,
        out int error)
    {
        (program, stack) = (null, 0);
        error = 0;
        memory.Activate();
        try
        {
            program = new ProgramLoader(memory, thread.Process.Files).Load(start.ExecutablePath);
            stack = InitialStack.Build(memory, start, program, Random);
            return true;
        }
        catch (GuestLoadException e)
        {
            error = e.Error;
            if (e.IsMisplaced)
            {
                // To fail as if it were no program would hide what is not theirs to mend.
                EndUnsupported(
                    thread,
                    $"the guest called execve for a program that is not for its node's addresses: "
                    + $"{e.Message}; link it with -pie or -static-pie, or let the node begin with "
                    + "a program that is linked for fixed addresses");
            }

            return false;
        }
    }
}

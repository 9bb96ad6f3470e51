using System.Globalization;
using Dilaton.Core;
using Dilaton.Cosim;
using Dilaton.Guest;
using Dilaton.Kvm;
using Dilaton.Machine;
using Dilaton.Native;

namespace Dilaton.Cli;

/// <summary>A system guest put together from a resolved job: memory with a kernel in it, a machine under
/// KVM, devices, a console. Its vCPUs have threads of their own; the worker's waits and tells.
/// <code>
/// GuestRam ◄── SystemBoot (kernel, initrd, tables)
///     ▲
/// KvmSystem ──► Board ──► SerialConsole ──► procs/NODE/serial.txt, our standard output
///                     └─► VirtioBus ──► SystemDevices ──► hvc0.txt, disk images
/// </code></summary>
internal sealed class SystemWorker : IDisposable
{
    private const int IntervalMilliseconds = 200;
    private const int InputBytes = 256;

    private readonly NodeLink _link;
    private readonly Job _job;
    private readonly NodeJob _node;
    private readonly SystemJob _what;
    private readonly GuestRam _ram;
    private readonly KvmSystem _system;
    private readonly SerialConsole _console;
    private readonly SystemDevices _devices;
    private readonly Board _board;
    private readonly NodePlace _place;
    private SystemNode? _rounds;

    // Guards _isTold: after its end nothing is said.
    private readonly Lock _telling = new();
    private bool _isTold;

    private SystemWorker(Job job, NodePlace place, NodeLink link)
    {
        _job = job;
        _node = job.Nodes[0];
        _what = _node.Guest.System!; // HasSystem
        _link = link;
        _place = place;
        RamMap map = new(_node.Memory.Size.Bytes);
        byte[] kernel = Read(_what.Kernel);
        byte[] initrd = _what.Initrd is { } file ? Read(file) : [];
        _devices = new SystemDevices(job, _node, place, () => _system!.RanNanoseconds);
        _ram = new GuestRam(_node.Memory.Size.Bytes);
        ulong entry = SystemBoot.Write(
            new BootRequest
            {
                Kernel = kernel,
                Initrd = initrd,
                CommandLine = CommandLine(),
                VcpuCount = _node.Cores.Count,
                VirtioCount = _devices.All.Count,
            },
            map,
            _ram);
        Ratio tdf = Dilation.TdfOf(job, _node).First;
        RequireProcessors(_node.Cores.Count, tdf);
        bool canHold = place.Cluster is not null || KvmProbe.RunForHolds().ShiftsTimestamp;
        RequireSkips(canHold);
        _system = new KvmSystem(new KvmSystemOptions
        {
            VcpuCount = _node.Cores.Count,
            Ram = _ram,
            Map = map,
            Entry = entry,
            Tdf = tdf,
            Speeds = _what.Speeds,
            Processors = Environment.ProcessorCount,
            IsExact = _what.Interrupts == InterruptChoice.Exact,
            SkipsIdle = SkipsIdle,
            Until = _job.Time.Until is { } until ? VirtualTime.Zero + until : VirtualTime.MaxValue,
            IsHeld = canHold,
        });
        _console = new SerialConsole(
            Path.Combine(place.Folder, ResultFolder.SerialName), _what.Console == OutputChoice.Inherit);
        ulong epoch = (ulong)job.Time.Epoch.UnixSeconds;
        _board = new Board(new BoardOptions
        {
            Serial = _console,
            Pics = _what.Interrupts == InterruptChoice.Exact ? new LegacyPics() : null,
            Now = () => epoch + (_system.Now.Picoseconds / 1_000_000_000_000),
            SetInterrupt = _system.SetInterrupt,
            Virtio = new VirtioBus(new VirtioBusOptions
            {
                Devices = _devices.All,
                Memory = new PhysicalMemory(map, _ram),
                Now = () => _system.Now,
                SetInterrupt = _system.SetInterrupt,
                SetAlarm = _system.SetAlarm,
            }),
            InputConsole = _devices.InputConsole,
        });
    }

    /// <returns>Null if the system can't be had, which was told.</returns>
    public static SystemWorker? TryCreate(Job job, NodePlace place, NodeLink link)
    {
        try
        {
            return new SystemWorker(job, place, link);
        }
        catch (Exception e) when (e is ImageException or KvmGuestException or NativeCallException
            or IOException or UnauthorizedAccessException)
        {
            link.Send(new WorkerMessage { Kind = WorkerMessageKind.Refused, Lines = [e.Message] });
            return null;
        }
    }

    /// <summary>Any thread.</summary>
    public void RequestStop() => _system.RequestStop();

    /// <summary>It stands, which it tells, until <see cref="Release"/>. Any thread; in no network, and only where
    /// <see cref="SystemHost.Refuses"/> does not.</summary>
    public void Stand()
    {
        _system.Hold();
        VirtualTime at = _system.Now;
        Tell(Message(WorkerMessageKind.Stands) with { Stand = new NodeStand(at, at, _system.End is not null) });
    }

    /// <summary>Any thread.</summary>
    public void Release() => _system.Resume();

    /// <summary>To its end, which is told.</summary>
    public void Run()
    {
        _link.Send(new WorkerMessage
        {
            Kind = WorkerMessageKind.Started,
            CpuSeconds = Environment.CpuUsage.TotalTime.TotalSeconds,
        });
        if (_place.Cluster is { } cluster)
        {
            RunRounds(cluster);
        }
        else
        {
            RunAlone();
        }
    }

    private void RunAlone()
    {
        Start(isHeld: false);
        bool isUntil = false;
        while (!_system.TryWait(Pause()))
        {
            Flush();
            isUntil = _job.Time.Until is { } until && _system.Now - VirtualTime.Zero >= until;
            if (isUntil || IsClosed)
            {
                _system.RequestStop();
            }

            Tell(Message(WorkerMessageKind.Progress));
        }

        _devices.Tap?.Stop();
        Flush();
        TellEnd(_system.End!, isUntil);
    }

    /// <summary>As far as the network's coordinator grants, until it says that the run is over.</summary>
    private void RunRounds(ClusterPlace cluster)
    {
        VirtualTime end = _job.Time.Until is { } until ? VirtualTime.Zero + until : VirtualTime.MaxValue;
        _rounds = new SystemNode(
            _place.Index, _system, _devices.Port!, frame => _board.Receive(_devices.Net!, frame), end);
        StartedNode node = new(_rounds, () => Start(isHeld: true));
        using ManualResetEventSlim done = new();
        Thread progress = new(() => TellProgress(done)) { IsBackground = true, Name = "progress" };
        progress.Start();
        PeerFaultException? fault = null;
        try
        {
            new WorkerRounds(_node.Name, cluster, _place.Keys, _job.Sync.Transport == SyncTransport.Ring).Run([node]);
        }
        catch (PeerFaultException e)
        {
            fault = e;
        }

        _system.RequestStop();
        _system.TryWait(Timeout.InfiniteTimeSpan);
        done.Set();
        progress.Join();
        Flush();
        if (fault is null)
        {
            TellEnd(_system.End!, _rounds.IsAtEnd);
        }
        else
        {
            Tell(Message(WorkerMessageKind.PeerFailed) with
            {
                Lines = [fault.Message],
                Statistics = StatisticLine.From(Collect()),
            });
        }
    }

    private void TellProgress(ManualResetEventSlim done)
    {
        while (!done.Wait(IntervalMilliseconds))
        {
            Flush();
            if (IsClosed)
            {
                _system.RequestStop();
            }

            Tell(Message(WorkerMessageKind.Progress));
        }
    }

    /// <summary>All that the worker needs is open by then.</summary>
    private void Start(bool isHeld)
    {
        new WorkerConfinement(_job).Seal();
        _system.Start(_board, isHeld);
        _devices.Tap?.Start(frame => _board.Receive(_devices.Net!, frame));
        if (_what.Console == OutputChoice.Inherit)
        {
            new Thread(FeedInput) { IsBackground = true, Name = "serial input" }.Start();
        }
    }

    private string CommandLine() => _place.Cluster is { } cluster
        ? SystemNetwork.CommandLine(
            _what.Append, SystemNetwork.Interface(_job, _place.Index, cluster.Names), _node.Name)
        : _what.Append;

    public void Dispose()
    {
        _system.Dispose();
        _ram.Dispose();
        _console.Dispose();
        _devices.Dispose();
    }

    private bool SkipsIdle => _what.Interrupts == InterruptChoice.Exact && _job.Time.Base == TimeBase.Run;

    private bool IsClosed => _console.IsClosed || _devices.IsClosed;

    private void Flush()
    {
        _console.Flush();
        _devices.Flush();
    }

    private static byte[] Read(string path)
    {
        // Longer ones are no kernels, and spans end there.
        return new FileInfo(path).Length <= Array.MaxLength
            ? File.ReadAllBytes(path)
            : throw new ImageException($"'{path}' is longer than any kernel or initial RAM disk");
    }

    /// <summary>More vCPUs than processors can't all run at once: the clock, which goes on, would show
    /// the guest a machine that stalls, unless it is dilated as much.</summary>
    private static void RequireProcessors(int count, Ratio tdf)
    {
        int processors = Environment.ProcessorCount;
        if (count > processors && (UInt128)count * tdf.Denominator > (UInt128)processors * tdf.Numerator)
        {
            throw new KvmGuestException(string.Create(
                CultureInfo.InvariantCulture,
                $"{count} cores on {processors} processors of the host need a TDF of at least "
                    + $"{count}/{processors}, and it is {tdf}: give a larger tdf, or fewer cores"));
        }
    }

    /// <summary>What is skipped must be seen in the counter too.</summary>
    private void RequireSkips(bool canHold)
    {
        if (SkipsIdle && !canHold)
        {
            throw new KvmGuestException(
                "this host's KVM does not move a guest's time-stamp counter, so time in which all cores halt can't be "
                + "skipped (interrupts: exact, time.base: run): add time.base: wall, or take a host with VMX or SVM");
        }
    }

    private TimeSpan Pause()
    {
        TimeSpan pause = TimeSpan.FromMilliseconds(IntervalMilliseconds);
        if (_job.Time.Until is not { } until)
        {
            return pause;
        }

        VirtualDuration passed = _system.Now - VirtualTime.Zero;
        long left = passed >= until
            ? 0
            : _system.Clock.HostNanosecondsAt(until) - _system.Clock.HostNanosecondsAt(passed);
        return TimeSpan.FromMilliseconds(Math.Min(IntervalMilliseconds, (left / 1_000_000) + 1));
    }

    private void FeedInput()
    {
        HostInput input = HostInput.FromStandardInput();
        byte[] bytes = new byte[InputBytes];
        try
        {
            while (input.Read(bytes) is var count and > 0)
            {
                _board.Input(bytes.AsSpan(0, count));
            }
        }
        catch (IOException)
        {
            // Such as a closed one: there is no input then.
        }
    }

    private WorkerMessage Message(WorkerMessageKind kind) => new()
    {
        Kind = kind,
        TimePs = _system.Now.Picoseconds,
        CpuSeconds = Environment.CpuUsage.TotalTime.TotalSeconds,
        Lines = [],
    };

    private void TellEnd(SystemEnd end, bool isUntil)
    {
        string reason = !end.IsStopped ? NodeEndWords.GuestExited
            : isUntil ? NodeEndWords.Until
            : IsClosed ? NodeEndWords.OutputClosed
            : NodeEndWords.Stopped;
        List<string> report = [.. _board.Troubles()];
        if (_board.UnknownPorts() is { } ports)
        {
            report.Add(ports);
        }

        if (end.IsStopped)
        {
            report.AddRange(_system.Places());
        }

        if (!_system.CountsMsrs)
        {
            report.Add("this KVM does not show accesses to MSRs that it does not know: they are not counted");
        }

        Tell(Message(WorkerMessageKind.Ended) with
        {
            Lines = report,
            Statistics = StatisticLine.From(Collect()),
            End = new WorkerEnd(
                reason,
                end.IsStopped ? null : new GuestDocument { ExitCode = end.Code, Signal = 0, Message = end.Why },
                0,
                "",
                [],
                Environment.CpuUsage.TotalTime.TotalSeconds,
                HostMemory.PeakBytes())
            {
                ClockRung = Rung(),
            },
        });
    }

    private void Tell(WorkerMessage message)
    {
        lock (_telling)
        {
            if (!_isTold)
            {
                _isTold = message.Kind is WorkerMessageKind.Ended or WorkerMessageKind.PeerFailed;
                _link.Send(message);
            }
        }
    }

    private StatisticsList Collect()
    {
        StatisticsList statistics = new();
        statistics.Add($"{_node.Name}.exits", _system.Statistics);
        statistics.Add($"{_node.Name}.clock", _system.ClockStatistics);
        if (_system.InterruptStatistics is { } interrupts)
        {
            statistics.Add($"{_node.Name}.interrupts", interrupts);
        }

        statistics.Add($"{_node.Name}.turns", _system.TurnStatistics);
        statistics.Add($"{_node.Name}.board", _board);
        if (_rounds is not null)
        {
            statistics.Add($"{_node.Name}.rounds", _rounds);
        }

        return statistics;
    }

    private string Rung()
    {
        string between = SkipsIdle
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"while all vCPUs halt it is skipped to what comes next, {_system.SkippedNanoseconds / 1_000_000} ms "
                    + $"of the host's time in all, and else it goes on when vCPUs do not run (time.base: run)")
            : _rounds is null
            ? "it goes on when vCPUs do not run (time.base: wall)"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"it goes on when vCPUs do not run, and stands with the counter while the node waits for others, "
                    + $"{_system.HeldNanoseconds / 1_000_000} ms of the host's time in all; no two runs are the same");
        string timers = _what.Interrupts == InterruptChoice.Exact
            ? "timers in virtual time, of Dilaton's own local APICs (interrupts: exact)"
            : "timers by TSC deadline in KVM's local APIC";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"announced frequency: the time-stamp counter runs at the host's {_system.Clock.HostKilohertz} kHz, and "
                + $"the guest is told {_system.Clock.Kilohertz} kHz; all its clocks are read from it; "
                + $"{timers}; {between}");
    }
}

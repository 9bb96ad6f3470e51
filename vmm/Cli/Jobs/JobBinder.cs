using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>Turns nodes into a <see cref="Job"/>, reporting every mistake on the way. A faulty
/// value is replaced by its default, so that the rest can be checked too.</summary>
internal sealed class JobBinder(DiagnosticBag bag)
{
    private const string NotInThisVersion = "it is not part of this version of Dilaton";

    /// <returns>The job; meaningless if the bag has errors.</returns>
    public Job Bind(JobNode root)
    {
        MapReader map = MapReader.Open(root, root, "", bag);
        CheckVersion(map, root);
        foreach (string key in JobKeys.FutureSections)
        {
            map.Future(key, NotInThisVersion);
        }

        List<NodeJob> nodes = ReadNodes(map);
        bool isMeasured = nodes.Exists(node => node.Engine == EngineChoice.Kvm);
        NetworkJob? network = NetworkReader.Read(map);

        // In a network its clock waits for the other nodes.
        bool isWall = isMeasured && network is null
            && nodes.Exists(node => node.Guest.System is { Interrupts: InterruptChoice.Kernel });
        Job job = new()
        {
            ApiVersion = Job.Version,
            Name = map.Name("name", "job", "._-"),
            Seed = map.Integer("seed", 1, 0, long.MaxValue),
            Nodes = nodes,
            Network = network,
            Time = ReadTime(map.Section("time"), isMeasured, isWall),
            Kernel = ReadKernel(map, root),
            Sync = NetworkReader.ReadSync(map.Section("sync")),
            Events = ReadEvents(map.Section("events"), isMeasured, nodes),
            Peers = PeersReader.Read(map, bag),
            Hosts = HostsReader.Read(map, bag),
            Outputs = ReadOutputs(map),
            Sweep = SweepReader.Read(map, bag)?.ToJob(),
        };
        map.Done();
        PeersReader.CheckUse(root, job, bag);
        NetworkPeerChecks.Run(root, job, bag);
        HostsReader.CheckUse(root, job, bag);
        CachesReader.CheckUse(root, job, bag);
        DilationReader.CheckUse(root, job, bag);
        WindowsReader.CheckUse(root, job, bag);
        EngineChecks.Check(root, job, bag);
        CoreModelReader.CheckUse(root, job, bag);
        CoresReader.CheckUse(root, job, bag);
        ProfileReader.CheckUse(root, job, bag);
        PaceChecks.Check(root, job, bag);
        SystemChecks.Check(root, job, bag);
        return job;
    }

    private void CheckVersion(MapReader map, JobNode root)
    {
        if (!map.Has("apiVersion"))
        {
            map.Take("apiVersion");
            if (root is JobMap)
            {
                bag.Error(
                    DiagnosticCode.ApiVersion,
                    root,
                    "apiVersion is missing",
                    $"begin the job with: apiVersion: {Job.Version}");
            }

            return;
        }

        string version = map.Text("apiVersion", Job.Version);
        if (version != Job.Version)
        {
            map.Error(
                DiagnosticCode.ApiVersion,
                "apiVersion",
                $"'{version}' is not known to this version of Dilaton",
                $"this version reads {Job.Version}; a newer job needs a newer Dilaton");
        }
    }

    private List<NodeJob> ReadNodes(MapReader map)
    {
        if (!map.Has("nodes"))
        {
            map.Take("nodes");
            map.Missing("nodes");
            return [];
        }

        List<NodeJob> nodes = [];
        IReadOnlyList<(JobNode Node, string Path)> items = map.Items("nodes");
        foreach ((JobNode node, string path) in items)
        {
            nodes.Add(ReadNode(MapReader.Open(node, node, path, bag), nodes.Sum(n => n.Count)));
        }

        if (items.Count == 0 && map.Take("nodes") is JobList)
        {
            map.Error(DiagnosticCode.MissingKey, "nodes", "no node is given");
        }

        NodesReader.Check(items, nodes, bag);

        // All nodes of a job keep one kind of time, and a system's is measured.
        return nodes.Exists(node => node.Guest.System is not null)
            ? nodes.ConvertAll(node => node.Engine == EngineChoice.Auto
                ? node with { Engine = EngineChoice.Kvm }
                : node)
            : nodes;
    }

    private NodeJob ReadNode(MapReader map, int first)
    {
        CoresJob cores = CoresReader.Read(map.Section("cores"));
        GuestJob guest = ReadGuest(map);
        EngineChoice engine = map.Word("engine", EngineChoice.Auto, JobChoices.Engine);
        int count = (int)map.Integer("count", 1, 1, Job.NodesMax);
        NodeJob node = new()
        {
            Name = map.Name("name", count == 1 ? $"node{first}" : "node", "_-"),
            Count = count,
            Engine = engine == EngineChoice.Auto && guest.System is not null ? EngineChoice.Kvm : engine,
            Isolation = map.Word("isolation", Isolation.Auto, JobChoices.Isolation),
            Host = map.OptionalText("host"),
            Tdf = DilationReader.ReadTdf(map),
            Cores = cores,
            Memory = ReadMemory(map.Section("memory"), cores, bag),
            Nic = NetworkReader.ReadNic(map.Section("nic")),
            Profile = ProfileReader.Read(map.Section("profile")),
            Guest = guest,
        };
        map.Future("devices", NotInThisVersion);
        map.Future("disks", NotInThisVersion);
        map.Done();
        return node;
    }

    private static MemoryJob ReadMemory(MapReader map, CoresJob cores, DiagnosticBag bag)
    {
        PresetChoice preset = map.Word("preset", PresetChoice.Server, JobChoices.Preset);
        MemoryJob standard = PresetDefaults.Of(preset);
        MemoryJob memory = new()
        {
            Size = map.Value<ByteSize>("size", standard.Size, ByteSize.TryParse),
            Addressing = map.Word("addressing", standard.Addressing, JobChoices.Addressing),
            Preset = preset,
            Cut = map.Word("cut", standard.Cut, JobChoices.Cut),
            Peer = map.OptionalText("peer"),
            Caches = CachesReader.Read(map, standard.Caches, cores),
            Tlb = TlbReader.Read(map),
        };
        memory = memory with
        {
            Dram = DramReader.Read(map.Section("dram"), standard.Dram, memory.Caches.LineSize),
        };
        if (memory.Size.Bytes is < (1UL << 20) or > (1UL << 44)
            || memory.Size.Bytes % GuestPage.SizeBytes != 0)
        {
            map.Error(
                DiagnosticCode.OutOfRange,
                "size",
                $"{memory.Size} is out of range (1MiB to 16TiB, whole pages of 4KiB)");
        }

        if (memory.Cut != CutPlace.Hierarchy && memory.Peer is null)
        {
            map.Error(
                DiagnosticCode.Inconsistent,
                "cut",
                $"'{JobChoices.Cut.WordOf(memory.Cut)}' needs a peer that times what is behind it",
                "give memory.peer, or leave cut out");
        }

        memory = memory with
        {
            Numa = NumaReader.Read(map, memory, cores.Count),
            Trace = map.Word("trace", standard.Trace, JobChoices.Trace),
        };
        if (memory.Trace != TraceChoice.None && memory.Peer is { } peer)
        {
            map.Error(
                DiagnosticCode.Inconsistent, "trace",
                $"requests to the memory are those of the peer '{peer}', which can trace them",
                "leave out trace or memory.peer");
        }

        memory = memory with { Windows = WindowsReader.Read(map, memory, bag) };
        map.Done();
        return memory;
    }

    private GuestJob ReadGuest(MapReader node)
    {
        if (!node.Has("guest"))
        {
            node.Take("guest");
            node.Missing("guest");
            return new GuestJob();
        }

        MapReader map = node.Section("guest");
        SystemJob? system = SystemReader.Read(map);
        map.Future("kernel", "a system guest's kernel is guest.system.kernel");
        map.Future("processes", "several programs on a node are not part of this version");
        ProgramJob program;
        if (map.Has("program"))
        {
            program = ReadProgram(map.Section("program"));
        }
        else
        {
            map.Take("program");
            program = new ProgramJob { Path = "" };
            if (system is null)
            {
                map.Missing("program");
            }
        }

        List<GrantJob> grants = [];
        foreach ((JobNode item, string path) in map.Items("files"))
        {
            MapReader grant = MapReader.Open(item, item, path, bag);
            grants.Add(new GrantJob
            {
                Path = grant.RequiredText("path"),
                At = grant.Text("at", ""),
                Access = grant.Word("access", GrantAccess.Read, JobChoices.Access),
            });
            grant.Done();
        }

        map.Done();
        return new GuestJob { Program = program, System = system, Files = grants };
    }

    private static ProgramJob ReadProgram(MapReader map)
    {
        ProgramJob program = new()
        {
            Path = map.RequiredText("path"),
            Arg0 = map.OptionalText("arg0"),
            Args = map.TextList("args") ?? [],
            Env = map.TextMap("env") ?? ProgramJob.DefaultEnvironment,
            Cwd = map.Text("cwd", "."),
            Stdin = map.Text("stdin", "auto"),
            Stdout = map.Word("stdout", OutputChoice.Auto, JobChoices.Output),
            Stderr = map.Word("stderr", OutputChoice.Auto, JobChoices.Output),
        };
        if (map.Has("path") && program.Path.Length == 0)
        {
            map.Error(DiagnosticCode.EmptyValue, "path", "no program is named");
        }

        foreach (string name in program.Env.Keys)
        {
            if (name.Length == 0 || name.Contains('=', StringComparison.Ordinal))
            {
                map.Error(
                    DiagnosticCode.BadName, "env", $"'{name}' is no name of an environment value");
            }
        }

        bool nul = program.Args.Concat(program.Env.Values).Concat(program.Env.Keys)
            .Append(program.Path).Append(program.Arg0 ?? "")
           .Append(program.Cwd).Append(program.Stdin)
            .Any(text => text.Contains('\0', StringComparison.Ordinal));
        if (nul)
        {
            map.Error(DiagnosticCode.BadName, "path", "no text of a program may hold a NUL");
        }

        map.Done();
        return program;
    }

    private static TimeJob ReadTime(MapReader map, bool isMeasured, bool isWall)
    {
        TimeJob standard = new();
        TimeMode mode = map.Word("mode", standard.Mode, JobChoices.TimeMode);
        TimeJob time = new()
        {
            Mode = mode != TimeMode.Auto ? mode
                : isMeasured ? TimeMode.Dilated
                : TimeMode.Executed,
            Base = map.Word(
                "base", isWall ? TimeBase.Wall : standard.Base, JobChoices.TimeBase),
            Tdf = DilationReader.ReadTdf(map) ?? standard.Tdf,
            Slice = map.Value<CycleCount>("slice", standard.Slice, CycleCount.TryParse),
            Weave = map.Value<VirtualDuration>("weave", standard.Weave, Quantity.TryParseDuration),
            Feedback = map.Value<Feedback>("feedback", standard.Feedback, Feedback.TryParse),
            Until = map.Optional<VirtualDuration>("until", null, Quantity.TryParseDuration),
            Epoch = map.Value<GuestEpoch>("epoch", standard.Epoch, GuestEpoch.TryParse),
            WallLimit = map.Optional<VirtualDuration>("wallLimit", null, Quantity.TryParseDuration),
        };
        if (time.Slice.Cycles is < 1 or > 1_000_000)
        {
            map.Error(
                DiagnosticCode.OutOfRange,
                "slice",
                $"{time.Slice} is out of range (1cycles to 1000000cycles)");
        }

        if (time.Weave.Picoseconds is < 1_000 or > 1_000_000_000_000)
        {
            map.Error(
                DiagnosticCode.OutOfRange, "weave", $"{time.Weave} is out of range (1ns to 1s)");
        }

        RequireAboveZero(map, "until", time.Until);
        RequireAboveZero(map, "wallLimit", time.WallLimit);
        map.Done();
        return time;
    }

    private static void RequireAboveZero(MapReader map, string key, VirtualDuration? value)
    {
        if (value is { Picoseconds: 0 })
        {
            map.Error(DiagnosticCode.OutOfRange, key, "must be above zero");
        }
    }

    private KernelJob ReadKernel(MapReader job, JobNode root)
    {
        JobNode? node = job.Take("kernel");
        if (node is JobScalar { IsNull: false })
        {
            return new KernelJob
            {
                Mode = job.Word(node, "kernel", KernelMode.Costs, JobChoices.Kernel),
            };
        }

        MapReader map = MapReader.Open(node, root, "kernel", bag);
        KernelJob standard = new();
        KernelJob kernel = new()
        {
            Mode = map.Word("mode", standard.Mode, JobChoices.Kernel),
            Base = ReadKernelBase(map.Section("base")),
            CopyRate = map.Value<Bandwidth>("copyRate", standard.CopyRate, Bandwidth.TryParse),
        };
        if (kernel.CopyRate.BitsPerSecond < 8_000_000)
        {
            map.Error(
                DiagnosticCode.OutOfRange, "copyRate", $"{kernel.CopyRate} is below 1MB/s");
        }

        map.Done();
        return kernel;
    }

    private static KernelBaseJob ReadKernelBase(MapReader map)
    {
        KernelBaseJob standard = new();
        VirtualDuration Cost(string key, VirtualDuration fallback)
        {
            VirtualDuration cost = map.Value<VirtualDuration>(
                key, fallback, Quantity.TryParseDuration);
            if (cost > VirtualDuration.FromSeconds(1))
            {
                map.Error(DiagnosticCode.OutOfRange, key, $"{cost} is out of range (0s to 1s)");
            }

            return cost;
        }

        KernelBaseJob costs = new()
        {
            Trivial = Cost("trivial", standard.Trivial),
            File = Cost("file", standard.File),
            Memory = Cost("memory", standard.Memory),
            Wait = Cost("wait", standard.Wait),
            Process = Cost("process", standard.Process),
            PageFault = Cost("pageFault", standard.PageFault),
            ContextSwitch = Cost("contextSwitch", standard.ContextSwitch),
            Signal = Cost("signal", standard.Signal),
            Network = Cost("network", standard.Network),
            Packet = Cost("packet", standard.Packet),
        };
        map.Done();
        return costs;
    }

    private static EventsJob ReadEvents(MapReader map, bool isMeasured, List<NodeJob> nodes)
    {
        EventsJob standard = new();
        if (isMeasured)
        {
            bool hasWindows = nodes.Exists(node => node.Memory.Windows.Count > 0);
            standard = standard with
            {
                Level = hasWindows ? MemoryEventLevel.Window : MemoryEventLevel.Off,
            };
        }
        else if (nodes.Exists(node => node.Cores.HasInterval()))
        {
            standard = standard with { Level = MemoryEventLevel.Full };
        }

        EventsJob events = new()
        {
            Level = map.Word("level", standard.Level, JobChoices.Level),
            RegionMarks = map.Word("regionMarks", standard.RegionMarks, JobChoices.RegionMarks),
        };
        events = events with { WrittenPages = SamplingReader.ReadWrittenPages(map) };
        events = events with { Sampling = SamplingReader.Read(map, events, isMeasured) };
        map.Done();
        return events;
    }

    private OutputsJob ReadOutputs(MapReader job)
    {
        OutputsJob standard = new();
        MapReader map = job.Section("outputs");
        string folder = map.Text("folder", standard.Folder);
        if (folder.Length == 0 || folder.Contains('\0', StringComparison.Ordinal))
        {
            map.Error(DiagnosticCode.EmptyValue, "folder", "no folder is named");
        }

        List<StatisticsFormat>? formats = null;
        if (map.Has("statistics"))
        {
            formats = [];
            foreach ((JobNode item, string _) in map.Items("statistics"))
            {
                formats.Add(map.Word(
                    item, "statistics", StatisticsFormat.Text, JobChoices.Statistics));
            }
        }
        else
        {
            map.Take("statistics");
        }

        map.Future("timeline", "the timeline is not part of this version");
        map.Future("record", "recording is not part of this version");
        map.Done();
        return new OutputsJob
        {
            Folder = folder,
            Statistics = formats is null ? standard.Statistics : [.. formats.Distinct().Order()],
        };
    }
}

using System.Text;
using Dilaton.Core;
using Dilaton.Cosim;
using Dilaton.Guest;
using Dilaton.Kvm;
using Dilaton.Models.Memory;
using Dilaton.Time;
using Dilaton.Translator;

namespace Dilaton.Tests.Laws.Programs;

/// <summary>A node of the real parts, put together as the worker does it. Guest memory lies at its
/// own addresses in this process: one node, one process (see <see cref="NodeProcess"/>).</summary>
internal sealed class RealNode : IDisposable
{
    private readonly NodeSession _session;
    private readonly GuestKernel _kernel;
    private readonly IVcpuEngine _engine;
    private readonly CacheHierarchy? _hierarchy;
    private readonly FlatDram? _dram;
    private readonly Output _output;
    private readonly StringWriter _log = new();

    public RealNode(
        string program,
        NodeSessionOptions options,
        MemoryPreset? memory,
        int blockInstructionsMax = 64)
    {
        _session = new NodeSession(options with { EventLog = _log });
        _output = new Output(_session);
        string folder = Path.GetDirectoryName(program)!;
        _kernel = GuestKernel.Create(
            Guest(program, options.VcpuCount),
            new FileSystemOptions
            {
                Grants = [new FileGrant(folder, "/guest", FileAccessRight.ReadOnly)],
                WorkingDirectory = "/guest",
                Machine = new MachineDescription
                {
                    VcpuCount = options.VcpuCount,
                    Frequency = options.Frequency,
                    MemoryBytes = 1UL << 30,
                    Caches = [],
                },
                Terminal = TerminalOptions.None,
                HasInMemoryTmp = true,
            },
            new StandardStreams(new NoInput(), _output, _output));
        if (memory is not null)
        {
            Frequency[] clocks =
                [.. Enumerable.Range(0, options.VcpuCount).Select(i => options.CoreOf(i).ClockOf(options.Frequency))];
            _hierarchy = new CacheHierarchy("caches", memory.Caches, clocks);
            _dram = new FlatDram("dram", memory.Dram);
        }

        _engine = options.MeasuresRunTime
            ? new KvmProgramEngine(
                new KvmEngineOptions
                {
                    VcpuCount = options.VcpuCount,
                    Host = KvmProbe.RunForPrograms(),
                },
                _kernel.AddressSpace)
            : new TranslatorEngine(
                new TranslatorOptions
                {
                    VcpuCount = options.VcpuCount,
                    BlockInstructionsMax = blockInstructionsMax,
                    DataFilterGroups = _hierarchy?.FilterGroups ?? 64,
                    FetchFilterGroups = Math.Max(1, _hierarchy?.FetchFilterGroups ?? 64),
                },
                _kernel.AddressSpace,
                _session);
        _session.Attach(_engine, _kernel, _kernel.AddressSpace, _hierarchy, _dram);
        _kernel.Attach(new GuestPorts
        {
            Clock = _session,
            Events = _session.Events,
            Scheduler = _session,
            Accesses = _session,
        });
    }

    public string Log => _log.ToString();

    public string GuestOutput => _output.Text;

    public NodeResult Run()
    {
        NodeResult result = _session.Run();
        _log.WriteLine(result.EventLogHash);
        return result;
    }

    public VcpuTimes Times(int vcpu) => _session.Times(new VcpuId(vcpu));

    public ulong Instructions(int vcpu) => _session.ReadProgress(new VcpuId(vcpu)).Instructions;

    /// <summary>All statistics but those that count how the work was cut up.</summary>
    public string Statistics(bool withCuts)
    {
        var list = new StatisticsList();
        list.Add("node", _session);
        if (_hierarchy is not null && _dram is not null)
        {
            list.Add("caches", _hierarchy);
            list.Add("dram", _dram);
        }

        var text = new StringBuilder();
        foreach (Statistic s in list.Items)
        {
            bool isCut = s.Name.Contains("node.memory.") || s.Name.Contains("weave.intervals")
                || s.Name.EndsWith(".spin") || s.Name.EndsWith("exits.budgetExhausted")
                || s.Name.EndsWith("exits.pause");
            if (withCuts || !isCut)
            {
                text.AppendLine($"{s.Name} {s.Value}/{s.Divisor}");
            }
        }

        return text.ToString();
    }

    public void Dispose()
    {
        _engine.Dispose();
        _kernel.Dispose();
        _session.Dispose();
        _log.Dispose();
    }

    private static GuestOptions Guest(string program, int vcpuCount) => new()
    {
        ProgramPath = $"/guest/{Path.GetFileName(program)}",
        Arguments = [Path.GetFileName(program)],
        Environment = [],
        VcpuCount = vcpuCount,
        MemoryLimitBytes = 1UL << 30,
        Addressing = MemoryAddressing.FirstTouch,
        RealtimeEpochSeconds = 1_000_000_000,
        Seed = 1,
        TimeSlice = VirtualDuration.FromMilliseconds(1),
    };

    private sealed class NoInput : IGuestInput
    {
        public int Read(Span<byte> destination) => 0;
    }

    private sealed class Output(NodeSession session) : IGuestOutput
    {
        private readonly List<byte> _bytes = [];

        public string Text => Encoding.UTF8.GetString([.. _bytes]);

        public void Write(ReadOnlySpan<byte> bytes)
        {
            session.RecordOutput(1, bytes);
            _bytes.AddRange(bytes);
        }
    }
}

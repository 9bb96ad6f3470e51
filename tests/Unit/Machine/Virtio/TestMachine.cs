using Dilaton.Core;
using Dilaton.Machine;
using Dilaton.Native;

namespace Dilaton.Tests.Unit.Machine;

/// <summary>A board with virtio devices, in memory, with a clock that stands.</summary>
internal sealed class TestMachine : ISerialPeer, IDisposable
{
    public const ulong MemoryBytes = 16UL << 20;

    private readonly List<(int Line, bool IsHigh)> _interrupts = [];

    public TestMachine(params VirtioDevice[] devices)
    {
        Board = new Board(new BoardOptions
        {
            Serial = this,
            Now = () => 0,
            SetInterrupt = (_, _) => { },
            Virtio = new VirtioBus(new VirtioBusOptions
            {
                Devices = devices,
                Memory = new PhysicalMemory(new RamMap(MemoryBytes), Ram),
                Now = () => Now,
                SetInterrupt = (line, isHigh) => _interrupts.Add((line, isHigh)),
                SetAlarm = time => Alarm = time,
            }),
            InputConsole = devices.OfType<ConsoleDevice>().FirstOrDefault(),
        });
    }

    public GuestRam Ram { get; } = new(MemoryBytes);

    public Board Board { get; }

    public VirtualTime Now { get; set; }

    public VirtualTime Alarm { get; private set; } = VirtualTime.MaxValue;

    public IReadOnlyList<(int Line, bool IsHigh)> Interrupts => _interrupts;

    void ISerialPeer.Receive(byte value)
    {
    }

    public UInt128 Statistic(string name)
    {
        StatisticsList list = new();
        Board.Collect(list);
        return list.Items.Single(item => item.Name == name).Value;
    }

    public void Dispose() => Ram.Dispose();
}

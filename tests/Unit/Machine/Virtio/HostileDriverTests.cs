using System.Buffers.Binary;
using Dilaton.Core;
using Dilaton.Machine;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Machine;

/// <summary>A driver that does anything: registers of all devices, in any order and of any size, and anything in the
/// memory of its queues, which changes while requests are under way. `./test --seed N`.</summary>
public sealed class HostileDriverTests : ISerialPeer
{
    private const int MachinesQuick = 40;
    private const int MachinesSoak = 4000;
    private const int Steps = 3000;
    private const int DiskBytes = 1 << 16;
    private const ulong Window = 0x2_0000;

    private static readonly uint[] s_registers =
    [
        TestDriver.DeviceFeaturesSelect, TestDriver.DriverFeatures, TestDriver.DriverFeaturesSelect,
        TestDriver.QueueSelect, TestDriver.QueueSize, TestDriver.QueueReady, TestDriver.QueueNotify,
        TestDriver.InterruptAcknowledge, TestDriver.Status, TestDriver.QueueDescriptors,
        TestDriver.QueueDescriptors + 4, TestDriver.QueueDriver, TestDriver.QueueDevice, TestDriver.Configuration,
    ];

    private static readonly uint[] s_evil =
        [0, 1, 2, 3, 8, 11, 15, 16, 255, 256, 257, 0x7fff_ffff, 0x8000_0000, 0xffff_fff0, uint.MaxValue];

    void ISerialPeer.Receive(byte value)
    {
    }

    [Fact]
    public void WhateverItDoes_NothingBreaks_AndAResetMakesEachDeviceWorkAgain()
    {
        int machines = Seeded.IsSoak ? MachinesSoak : MachinesQuick;
        ulong served = 0, stopped = 0;
        for (int i = 0; i < machines; i++)
        {
            (ulong ok, ulong faults) = Torment(new Random((int)Seeded.Seed + (i * 1009)));
            served += ok;
            stopped += faults;
        }

        // Else nothing was tried.
        served.ShouldBeGreaterThan((ulong)machines);
        stopped.ShouldBeGreaterThan((ulong)machines);
    }

    private (ulong Served, ulong Stopped) Torment(Random random)
    {
        TestDisk disk = new(DiskBytes) { Takes = bytes => new VirtualDuration(1000 + (bytes % 5000)) };
        using TestMachine machine = new(
            new EntropyDevice(1),
            new ConsoleDevice(this, new GuestMeasures(() => 0, () => 0)),
            new BlockDevice("disk0", disk, disk));
        TestDriver[] drivers = [.. Enumerable.Range(0, 3).Select(device => new TestDriver(machine, device))];
        Restart(drivers);
        for (int step = 0; step < Steps; step++)
        {
            TestDriver driver = drivers[random.Next(3)];
            Act(machine, driver, disk, random);
            if (random.Next(20) == 0)
            {
                machine.Now += new VirtualDuration((ulong)random.Next(20_000));
                machine.Board.RunDue();
            }

            // Each device has its rings where it likes, but all of them in the same window of memory.
            if (driver.NeedsAReset && random.Next(4) == 0)
            {
                driver.Start(random.Next(2) + 1);
            }
        }

        machine.Board.Troubles().ShouldAllBe(line => line.Length > 0);
        disk.Failure = null;
        Restart(drivers);
        drivers[0].Send(0, (TestDriver.Data, 8, true));
        drivers[0].Used(0).ShouldBe([(0u, 8u)]);
        return (
            (ulong)(machine.Statistic("virtio.entropy.bytes") > 8 ? 1u : 0)
                + (ulong)machine.Statistic("virtio.disk0.reads") + (ulong)machine.Statistic("virtio.console.bytesSent"),
            (ulong)(machine.Statistic("virtio.entropy.faults") + machine.Statistic("virtio.console.faults")
                + machine.Statistic("virtio.disk0.faults")));
    }

    private static void Restart(TestDriver[] drivers)
    {
        drivers[2].Start();
        drivers[1].Start(2);
        drivers[0].Start();
    }

    private static void Act(TestMachine machine, TestDriver driver, TestDisk disk, Random random)
    {
        switch (random.Next(12))
        {
            case 0:
                driver[s_registers[random.Next(s_registers.Length)]] = Value(random);
                break;
            case 1:
                ulong at = VirtioBus.Base + (ulong)random.Next(0x4000);
                machine.Board.ReadAddress(at, 1 << random.Next(4));
                break;
            case 2:
                machine.Board.WriteAddress(
                    VirtioBus.Base + (ulong)random.Next(0x4000), 1 << random.Next(4), (ulong)random.NextInt64());
                break;
            case 3:
                disk.Failure = random.Next(3) == 0 ? "the host's disk is full" : null;
                break;
            case 4:
                machine.Board.Input(new byte[random.Next(64)]);
                break;
            case 5 or 6:
                Span<byte> word = driver.Bytes(TestDriver.Descriptors(0) + (ulong)random.Next((int)Window), 4);
                BinaryPrimitives.WriteUInt32LittleEndian(word, Value(random));
                break;
            default:
                Ask(driver, random);
                break;
        }
    }

    /// <summary>Requests of one to four descriptors, mostly of a shape that a device could serve.</summary>
    private static void Ask(TestDriver driver, Random random)
    {
        int queue = random.Next(2);
        int count = random.Next(1, 5);
        for (int i = 0; i < count; i++)
        {
            int flags = (i < count - 1 ? 1 : 0) | (i > 0 || random.Next(2) == 0 ? 2 : 0);
            bool isOdd = random.Next(25) == 0;
            driver.Describe(
                TestDriver.Descriptors(queue) + ((ulong)i * 16),
                isOdd ? ((ulong)Value(random) << 32) | Value(random) : TestDriver.Data + (ulong)random.Next(1 << 16),
                isOdd ? Value(random) : (uint)(i == 0 ? 16 : i == count - 1 ? 1 : 512),
                isOdd ? random.Next(8) : flags,
                isOdd ? random.Next(32) : i + 1);
        }

        // A read, a write, a flush, or something else, of a sector that is there or not.
        Span<byte> header = driver.Bytes(TestDriver.Data + (ulong)random.Next(1 << 16), 16);
        BinaryPrimitives.WriteUInt32LittleEndian(header, (uint)random.Next(6));
        BinaryPrimitives.WriteUInt64LittleEndian(header[8..], (ulong)random.Next(200));
        driver.Add(queue, (ushort)(random.Next(20) == 0 ? random.Next(64) : 0));
        driver[TestDriver.QueueNotify] = (uint)queue;
    }

    private static uint Value(Random random) => random.Next(3) == 0
        ? (uint)random.Next()
        : s_evil[random.Next(s_evil.Length)];
}

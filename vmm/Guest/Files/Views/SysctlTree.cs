using System.Globalization;

namespace Dilaton.Guest;

/// <summary>The guest's <c>/proc/sys</c>.</summary>
internal static class SysctlTree
{
    private const int ProcessIdMax = 4_194_304;

    public static void Fill(ViewDirectory sys, NodeFileSystem files)
    {
        ViewDirectory kernel = sys.AddDirectory("kernel");
        kernel.AddLine("ostype", GuestIdentity.SystemName);
        kernel.AddLine("osrelease", GuestIdentity.Release);
        kernel.AddLine("version", GuestIdentity.Version);
        kernel.AddLine("hostname", files.Network?.NodeName ?? GuestIdentity.NodeName);
        kernel.AddLine("domainname", "(none)");
        kernel.AddLine("pid_max", ProcessIdMax.ToString(CultureInfo.InvariantCulture));
        kernel.AddLine(
            "threads-max", GuestProcess.ThreadsMax.ToString(CultureInfo.InvariantCulture));
        kernel.AddLine("ngroups_max", "65536");
        kernel.AddLine("cap_last_cap", "40");
        kernel.AddLine("randomize_va_space", "0");
        kernel.AddLine("perf_event_paranoid", "4");
        kernel.AddLine("core_pattern", "core");
        kernel.AddLine("shmmax", "18446744073692774399");
        kernel.AddLine("shmall", "18446744073692774399");
        kernel.AddLine("shmmni", "4096");
        kernel.AddLine("sem", "32000\t1024000000\t500\t32000");
        kernel.AddLine("msgmax", "8192");
        ViewDirectory random = kernel.AddDirectory("random");
        string bootId = CreateUuid(files.Random);
        random.AddLine("boot_id", bootId);
        random.AddText("uuid", () => CreateUuid(files.Random) + "\n");
        random.AddLine("entropy_avail", "256");
        random.AddLine("poolsize", "256");
        ViewDirectory memory = sys.AddDirectory("vm");
        memory.AddLine("overcommit_memory", "0");
        memory.AddLine("overcommit_ratio", "50");
        memory.AddLine(
            "max_map_count", AddressSpace.AreasMax.ToString(CultureInfo.InvariantCulture));
        memory.AddLine("mmap_min_addr", "65536");
        memory.AddLine("nr_hugepages", "0");
        memory.AddLine("swappiness", "60");
        ViewDirectory disks = sys.AddDirectory("fs");
        disks.AddLine(
            "nr_open", FileDescriptorTable.CountMax.ToString(CultureInfo.InvariantCulture));
        disks.AddLine("file-max", "9223372036854775807");
        disks.AddLine(
            "pipe-max-size", Pipe.CapacityBytesMax.ToString(CultureInfo.InvariantCulture));
        ViewDirectory watching = disks.AddDirectory("inotify");
        watching.AddLine("max_queued_events", Text(InotifyFile.QueuedMax));
        watching.AddLine("max_user_instances", "128");
        watching.AddLine("max_user_watches", Text(InotifyFile.WatchesMax));
        ViewDirectory core = sys.AddPath("net/core");
        core.AddLine("somaxconn", Text(TcpListener.BacklogMax));
        core.AddLine("rmem_default", Text(UdpEndpoint.BufferBytesDefault));
        core.AddLine("wmem_default", Text(UdpEndpoint.BufferBytesDefault));
        core.AddLine("rmem_max", Text(InternetSocket.BufferBytesMax));
        core.AddLine("wmem_max", Text(InternetSocket.BufferBytesMax));
        ViewDirectory internet = sys.AddPath("net/ipv4");
        internet.AddLine(
            "ip_local_port_range", $"{Text(EphemeralPorts.First)}\t{Text(EphemeralPorts.Last)}");
        internet.AddLine("ip_default_ttl", Text(Ipv4Header.InitialTimeToLive));
        internet.AddLine("tcp_congestion_control", "reno");
        internet.AddLine("tcp_available_congestion_control", "reno");
        internet.AddLine("tcp_window_scaling", "1");
        internet.AddLine("tcp_sack", "0");
        internet.AddLine("tcp_timestamps", "0");
        internet.AddLine(
            "tcp_rmem",
            $"4096\t{Text(2 * TcpSettings.ReceiveWindowBytesInitial)}"
                + $"\t{Text(2 * TcpSettings.ReceiveWindowBytesMax)}");
        internet.AddLine(
            "tcp_wmem",
            $"4096\t{Text(TcpSettings.SendBufferBytesMin)}"
                + $"\t{Text(TcpSettings.SendBufferBytesMax)}");
    }

    private static string Text<T>(T value)
        where T : IFormattable => value.ToString(null, CultureInfo.InvariantCulture);

    /// <summary>A version 4 UUID of seeded bytes.</summary>
    private static string CreateUuid(SeededRandom random)
    {
        Span<byte> bytes = stackalloc byte[16];
        random.Fill(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        string hex = Convert.ToHexStringLower(bytes);
        return $"{hex[..8]}-{hex[8..12]}-{hex[12..16]}-{hex[16..20]}-{hex[20..]}";
    }
}

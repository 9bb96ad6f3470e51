using System.Buffers.Binary;
using System.Text;
using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>Options of tcp(7).</summary>
internal static class TcpSocketOptions
{
    private const int NoDelay = 1;
    private const int MaxSegment = 2;
    private const int Cork = 3;
    private const int KeepIdle = 4;
    private const int KeepInterval = 5;
    private const int KeepCount = 6;
    private const int Info = 11;
    private const int QuickAck = 12;
    private const int CongestionControl = 13;
    private const int UserTimeout = 18;

    private const string CongestionName = "reno";
    private const int InfoBytes = 104;
    private const int KeepSecondsMax = 32_767;
    private const int KeepCountMax = 127;
    private const ulong MicrosecondPicoseconds = 1_000_000;
    private const ulong SecondPicoseconds = 1_000_000_000_000;

    public static int Get(
        TcpSettings settings,
        TcpConnection? connection,
        TcpState state,
        int name,
        Span<byte> value,
        out int length)
    {
        length = sizeof(int);
        switch (name)
        {
            case Info:
                Span<byte> info = stackalloc byte[InfoBytes];
                info.Clear();
                FillInfo(info, connection, state);
                length = Math.Min(value.Length, InfoBytes);
                info[..length].CopyTo(value);
                return 0;
            case CongestionControl:
                Span<byte> text = stackalloc byte[16];
                text.Clear();
                Encoding.ASCII.GetBytes(CongestionName, text);
                length = Math.Min(value.Length, text.Length);
                text[..length].CopyTo(value);
                return 0;
        }

        int? number = name switch
        {
            NoDelay => settings.IsNagleOff ? 1 : 0,
            MaxSegment => connection?.SegmentBytes ?? settings.SegmentBytesMax ?? 536,
            Cork => settings.IsCorked ? 1 : 0,
            KeepIdle => (int)(settings.KeepAliveIdle.Picoseconds / SecondPicoseconds),
            KeepInterval => (int)(settings.KeepAliveInterval.Picoseconds / SecondPicoseconds),
            KeepCount => settings.KeepAliveProbes,
            QuickAck => connection is { IsAcknowledgingQuickly: false } ? 0 : 1,
            UserTimeout => (int)((settings.UserTimeout?.Picoseconds ?? 0) / 1_000_000_000),
            _ => null,
        };
        if (number is not { } found)
        {
            return -Errno.ENOPROTOOPT;
        }

        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, found);
        bytes[..Math.Min(value.Length, sizeof(int))].CopyTo(value);
        return 0;
    }

    public static int Set(
        TcpSettings settings, TcpConnection? connection, int name, ReadOnlySpan<byte> value)
    {
        if (name == CongestionControl)
        {
            int end = value.IndexOf((byte)0);
            string wanted = Encoding.ASCII.GetString(end < 0 ? value : value[..end]);
            return wanted == CongestionName ? 0 : -Errno.ENOENT;
        }

        if (value.Length < sizeof(int))
        {
            return -Errno.EINVAL;
        }

        int number = BinaryPrimitives.ReadInt32LittleEndian(value);
        switch (name)
        {
            case NoDelay:
                settings.IsNagleOff = number != 0;
                connection?.SettingsChanged();
                return 0;
            case Cork:
                settings.IsCorked = number != 0;
                connection?.SettingsChanged();
                return 0;
            case MaxSegment when number is < TcpLayer.SegmentBytesMin or > ushort.MaxValue:
                return -Errno.EINVAL;
            case MaxSegment:
                settings.SegmentBytesMax = number;
                return 0;
            case QuickAck:
                connection?.SetQuick(number != 0);
                return 0;
            case UserTimeout when number < 0:
                return -Errno.EINVAL;
            case UserTimeout:
                settings.UserTimeout = number == 0
                    ? null
                    : VirtualDuration.FromMilliseconds((ulong)number);
                return 0;
            case KeepIdle or KeepInterval or KeepCount:
                return SetKeepAlive(settings, connection, name, number);
            default:
                return -Errno.ENOPROTOOPT;
        }
    }

    private static int SetKeepAlive(
        TcpSettings settings, TcpConnection? connection, int name, int number)
    {
        if (number < 1 || number > (name == KeepCount ? KeepCountMax : KeepSecondsMax))
        {
            return -Errno.EINVAL;
        }

        switch (name)
        {
            case KeepIdle:
                settings.KeepAliveIdle = VirtualDuration.FromSeconds((ulong)number);
                connection?.KeepAliveChanged();
                break;
            case KeepInterval:
                settings.KeepAliveInterval = VirtualDuration.FromSeconds((ulong)number);
                break;
            default:
                settings.KeepAliveProbes = number;
                break;
        }

        return 0;
    }

    /// <summary><c>struct tcp_info</c> up to tcpi_total_retrans; what is not kept is 0.</summary>
    private static void FillInfo(Span<byte> info, TcpConnection? connection, TcpState state)
    {
        info[0] = (byte)state;
        if (connection is not { } it)
        {
            return;
        }

        const int RecoveryState = 3;
        const int WindowScaleOption = 4;
        info[1] = (byte)(it.Congestion.IsRecovering ? RecoveryState : 0);
        info[2] = (byte)it.RoundTrip.Backoff;
        info[4] = (byte)it.RoundTrip.Backoff;
        info[5] = (byte)(it.IsScaling ? WindowScaleOption : 0);
        info[6] = (byte)(it.SendScale | (it.ReceiveScale << 4));
        Write(8, Microseconds(it.RoundTrip.Timeout), info);
        Write(12, (uint)(TcpConnection.DelayedAckTime.Picoseconds / MicrosecondPicoseconds), info);
        Write(16, (uint)it.SegmentBytes, info);
        Write(20, (uint)it.ReceivedSegmentBytes, info);
        Write(24, (uint)((it.InFlightBytes + it.SegmentBytes - 1) / it.SegmentBytes), info);
        Write(60, (uint)it.SegmentBytes + 40, info);
        Write(68, Microseconds(it.RoundTrip.Smoothed), info);
        Write(72, Microseconds(it.RoundTrip.Variation), info);
        Write(76, (uint)(it.Congestion.ThresholdBytes / it.SegmentBytes), info);
        Write(80, (uint)(it.Congestion.WindowBytes / it.SegmentBytes), info);
        Write(84, (uint)it.SegmentBytes, info);
        Write(96, (uint)it.WindowBytes, info);
        Write(100, (uint)it.RetransmitCount, info);
    }

    private static void Write(int offset, uint value, Span<byte> info) =>
        BinaryPrimitives.WriteUInt32LittleEndian(info[offset..], value);

    private static uint Microseconds(VirtualDuration duration) =>
        (uint)(duration.Picoseconds / MicrosecondPicoseconds);
}

using System.Globalization;
using System.Text;
using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>The remote serial protocol's side of the guest, while it stands: answers what the debugger
/// asks until it lets the guest go on (GDB manual, "Remote Protocol"). A packet that is not known gets
/// the empty answer.</summary>
internal sealed class GdbStub(IDebugConnection line, DebuggedProcess process)
{
    /// <summary>A reply's payload before escapes.</summary>
    private const int ReplyBytesMax = PacketReader.PayloadBytesMax / 2;

    private const string Ok = "OK";

    /// <summary>As GDB prints them: no such process, bad address, invalid argument.</summary>
    private const string NoThread = "E03";
    private const string BadAddress = "E14";
    private const string Invalid = "E22";

    private readonly GdbFiles _files = new(() => process.Process.Files);
    private DebugStop? _stop;
    private bool _isAwaited;
    private int _current;
    private DebugResume? _resume;

    /// <summary>Addresses before which the guest is to stop, as the debugger has set them.</summary>
    public HashSet<ulong> Breakpoints { get; } = [];

    /// <summary>Signals that it does not want to be told of, by its numbers.</summary>
    public HashSet<int> PassedSignals { get; } = [];

    public bool ReportsExec { get; private set; }

    /// <summary>Instructions that the vCPU which stands has retired since it was entered.</summary>
    public ulong Retired { get; set; }

    /// <summary>Tells of a stop, and serves the debugger until it says how to go on.</summary>
    public DebugResume Serve(DebugStop stop)
    {
        _stop = stop;
        _current = stop.Thread.Id;
        _resume = null;
        line.ClearInterrupt();
        if (_isAwaited)
        {
            Print(stop.Message);
            Send(StopReply());
        }

        while (_resume is null)
        {
            if (line.Receive() is not { } packet)
            {
                return DebugResume.Detach;
            }

            Answer(Encoding.Latin1.GetString(packet));
        }

        _isAwaited = !_resume.IsDetached;
        return _resume;
    }

    /// <summary>The process is over; by its exit code, or by GDB's number of a signal.</summary>
    public void TellEnd(int code, int signal, string message)
    {
        if (_isAwaited)
        {
            Print(message);
            Send(signal == 0 ? $"W{code & 0xff:x2}" : $"X{signal:x2}");
            _isAwaited = false;
        }
    }

    private void Send(string text) => line.Send(Encoding.Latin1.GetBytes(text));

    private void Print(string text)
    {
        if (text.Length > 0)
        {
            Send($"O{HexText.Of($"dilaton: {text}\n")}");
        }
    }

    private string StopReply()
    {
        GuestThread thread = _stop!.Thread;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"T{_stop.Signal:x2}");
        foreach (int register in DebugRegisters.Expedited)
        {
            text.Append(
                CultureInfo.InvariantCulture, $"{register:x2}:{RegisterText(thread, register)};");
        }

        text.Append(
            CultureInfo.InvariantCulture, $"thread:{thread.Id:x};core:{thread.LastVcpu:x};");
        return text.Append(_stop.Detail).ToString();
    }

    private void Answer(string packet)
    {
        if (packet.StartsWith("vFile:", StringComparison.Ordinal))
        {
            line.Send(_files.Answer(packet["vFile:".Length..], ReplyBytesMax) ?? []);
            return;
        }

        string reply = packet.Length == 0 ? "" : packet[0] switch
        {
            '?' => StopReply(),
            'q' => Query(packet),
            'Q' => Set(packet),
            'g' => AllRegisters(),
            'G' => SetAllRegisters(packet[1..]),
            'p' => Register(packet[1..]),
            'P' => SetRegister(packet[1..]),
            'm' => Memory(packet[1..]),
            'M' or 'X' => SetMemory(packet),
            'H' => Select(packet),
            'T' => Find(packet[1..]) is null ? NoThread : Ok,
            'Z' or 'z' => Breakpoint(packet),
            'v' => Verbose(packet),
            'D' => End(DebugResume.Detach),
            'k' => End(DebugResume.Kill),
            _ => "",
        };
        if (packet.Length > 0 && packet[0] != 'k' && (_resume is null || _resume.IsDetached))
        {
            Send(reply);
        }
        else if (packet.Length == 0)
        {
            Send("");
        }

        if (packet == "QStartNoAckMode")
        {
            line.StopAcknowledging();
        }
    }

    private string Verbose(string packet)
    {
        if (packet == "vCont?")
        {
            return "vCont;c;C;s;S";
        }

        if (packet.StartsWith("vKill", StringComparison.Ordinal))
        {
            return End(DebugResume.Kill);
        }

        if (!packet.StartsWith("vCont;", StringComparison.Ordinal))
        {
            return "";
        }

        _resume = DebugResume.Parse(packet["vCont".Length..], _stop!.Thread.Id);
        return Invalid;
    }

    private string End(DebugResume resume)
    {
        _resume = resume;
        return Ok;
    }

    private string Query(string packet)
    {
        int colon = packet.IndexOf(':', StringComparison.Ordinal);
        string name = colon < 0 ? packet : packet[..colon];
        string rest = colon < 0 ? "" : packet[(colon + 1)..];
        switch (name)
        {
            case "qSupported":
                ReportsExec = rest.Split(';').Contains("exec-events+");
                return $"PacketSize={PacketReader.PayloadBytesMax:x};QStartNoAckMode+;swbreak+;"
                    + "vContSupported+;exec-events+;QPassSignals+;qXfer:features:read+;"
                    + "qXfer:auxv:read+;qXfer:exec-file:read+;qXfer:threads:read+";
            case "qC":
                return $"QC{_current:x}";
            case "qAttached":
                return "1";
            case "qSymbol":
                return Ok;
            case "qfThreadInfo":
                return "m" + string.Join(',', process.Threads.Select(t => $"{t.Id:x}"));
            case "qsThreadInfo":
                return "l";
            case "qXfer":
                return Transfer(rest);
            default:
                break;
        }

        if (packet.StartsWith("qThreadExtraInfo,", StringComparison.Ordinal))
        {
            return Find(packet["qThreadExtraInfo,".Length..]) is { } thread
                ? HexText.Of(process.Describe(thread))
                : NoThread;
        }

        return packet.StartsWith("qRcmd,", StringComparison.Ordinal)
            ? Monitor(packet["qRcmd,".Length..])
            : "";
    }

    /// <summary>OBJECT:read:ANNEX:OFFSET,LENGTH.</summary>
    private string Transfer(string text)
    {
        string[] parts = text.Split(':');
        if (parts.Length != 4 || parts[1] != "read"
            || !HexText.TryPair(parts[3], out ulong offset, out ulong length))
        {
            return Invalid;
        }

        string? whole = (parts[0], parts[2]) switch
        {
            ("features", "target.xml") => DebugRegisters.Description,
            ("threads", "") => process.ThreadsXml(),
            ("auxv", "") => Encoding.Latin1.GetString(process.Process.AuxiliaryVector),
            ("exec-file", _) => Bytes(process.Process.Start.ExecutablePath),
            _ => null,
        };
        if (whole is null)
        {
            return "E00";
        }

        int from = (int)Math.Min(offset, (ulong)whole.Length);
        int count = (int)Math.Min(Math.Min(length, ReplyBytesMax), (ulong)(whole.Length - from));
        return string.Concat(from + count == whole.Length ? "l" : "m", whole.AsSpan(from, count));
    }

    /// <summary>What is sent are bytes, a character each.</summary>
    private static string Bytes(string text) =>
        Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    private string Monitor(string hex)
    {
        string command = HexText.Bytes(hex) is { } bytes ? Encoding.UTF8.GetString(bytes) : "";
        GuestThread thread = process.Find(_current) ?? _stop!.Thread;
        return HexText.Of(command.Trim() switch
        {
            "time" => process.TimeText(thread),
            "instructions" => process.InstructionsText(Retired),
            "threads" => process.ThreadsText(),
            _ => "monitor time: virtual time, in whole picoseconds\n"
                + "monitor instructions: retired so far, by vCPU\n"
                + "monitor threads: which thread is where and does what\n",
        });
    }

    private string Set(string packet)
    {
        if (packet == "QStartNoAckMode")
        {
            return Ok;
        }

        if (!packet.StartsWith("QPassSignals:", StringComparison.Ordinal))
        {
            return "";
        }

        PassedSignals.Clear();
        foreach (string part in packet["QPassSignals:".Length..]
            .Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!HexText.TryNumber(part, out ulong signal) || signal > 255)
            {
                return Invalid;
            }

            PassedSignals.Add((int)signal);
        }

        return Ok;
    }

    private string Select(string packet)
    {
        string id = packet.Length > 2 ? packet[2..] : "";
        if (id is "0" or "-1")
        {
            return Ok;
        }

        if (Find(id) is not { } thread)
        {
            return NoThread;
        }

        _current = packet[1] == 'g' ? thread.Id : _current;
        return Ok;
    }

    private GuestThread? Find(string id) =>
        HexText.TryNumber(id, out ulong number) && number <= int.MaxValue
            ? process.Find((int)number)
            : null;

    private string RegisterText(GuestThread thread, int register) => HexText.Of(
        DebugRegisters.Read(register, process.Registers(thread), process.Extended(thread)));

    private string AllRegisters() => process.Find(_current) is { } thread
        ? string.Concat(Enumerable.Range(0, DebugRegisters.Count)
            .Select(register => RegisterText(thread, register)))
        : NoThread;

    private string SetAllRegisters(string hex)
    {
        int size = Enumerable.Range(0, DebugRegisters.Count).Sum(DebugRegisters.SizeBytes);
        if (process.Find(_current) is not { } thread)
        {
            return NoThread;
        }

        if (HexText.Bytes(hex) is not { } bytes || bytes.Length != size)
        {
            return Invalid;
        }

        for (int register = 0, at = 0; register < DebugRegisters.Count; register++)
        {
            int length = DebugRegisters.SizeBytes(register);
            process.Write(thread, register, bytes.AsSpan(at, length));
            at += length;
        }

        return Ok;
    }

    private string Register(string text) =>
        process.Find(_current) is not { } thread ? NoThread
        : TryRegister(text, out int register) ? RegisterText(thread, register)
        : Invalid;

    private string SetRegister(string text)
    {
        string[] parts = text.Split('=');
        if (process.Find(_current) is not { } thread)
        {
            return NoThread;
        }

        if (parts.Length != 2 || !TryRegister(parts[0], out int register)
            || HexText.Bytes(parts[1]) is not { } bytes
            || bytes.Length != DebugRegisters.SizeBytes(register))
        {
            return Invalid;
        }

        process.Write(thread, register, bytes);
        return Ok;
    }

    private static bool TryRegister(string text, out int register)
    {
        bool isNumber = HexText.TryNumber(text, out ulong number);
        register = isNumber && number < DebugRegisters.Count ? (int)number : -1;
        return register >= 0;
    }

    private string Memory(string text)
    {
        if (!HexText.TryPair(text, out ulong address, out ulong length))
        {
            return Invalid;
        }

        byte[] bytes = process.Read(address, (int)Math.Min(length, ReplyBytesMax / 2));
        return bytes.Length == 0 && length > 0 ? BadAddress : HexText.Of(bytes);
    }

    /// <summary>M: hexadecimal; X: bytes.</summary>
    private string SetMemory(string packet)
    {
        int colon = packet.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || !HexText.TryPair(packet[1..colon], out ulong address, out ulong length))
        {
            return Invalid;
        }

        string data = packet[(colon + 1)..];
        byte[]? bytes = packet[0] == 'X' ? Encoding.Latin1.GetBytes(data) : HexText.Bytes(data);
        if (bytes is null || (ulong)bytes.Length != length)
        {
            return Invalid;
        }

        return bytes.Length == 0 || process.TryWrite(address, bytes) ? Ok : BadAddress;
    }

    /// <summary>Z0 and Z1 are alike, since nothing is written to the guest; no watchpoints.</summary>
    private string Breakpoint(string packet)
    {
        if (packet.Length < 3 || packet[1] is not ('0' or '1') || packet[2] != ',')
        {
            return "";
        }

        if (!HexText.TryPair(packet[3..].Split(';')[0], out ulong address, out _))
        {
            return Invalid;
        }

        if (packet[0] == 'z')
        {
            Breakpoints.Remove(address);
            return Ok;
        }

        if (process.Read(address, 1).Length == 0)
        {
            return BadAddress;
        }

        Breakpoints.Add(address);
        return Ok;
    }
}

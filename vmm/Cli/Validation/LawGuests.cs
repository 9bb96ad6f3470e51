using System.Buffers.Binary;

namespace Dilaton.Cli;

/// <summary>The guests of `validate`. A guest that meets an error ends with a code above 0. Sockets
/// are as ip(7), udp(7) and tcp(7) have them; what a guest measured it writes as 64-bit numbers.
/// </summary>
internal static class LawGuests
{
    public const int LineBytes = 64;

    /// <summary>Instructions of a round of <see cref="Chase"/>.</summary>
    public const int ChaseInstructions = 3;

    public const int WarmPings = 2;

    private const int Port = 7000;
    private const ulong NanosecondsPerSecond = 1_000_000_000;
    private const int BufferBytes = 1 << 16;
    private const ulong BootNanoseconds = 5_000_000;

    /// <summary>2 x rounds + 4 instructions.</summary>
    public static byte[] Count(ulong rounds)
    {
        GuestCode code = new();
        code.Set(Register.Rcx, rounds);
        int loop = code.Here();
        code.Decrement(Register.Rcx);
        code.JumpIfNotZero(loop);
        code.Exit();
        return code.ToImage();
    }

    /// <summary>A ring of pointers through all lines of a memory, not in their order, and so many
    /// loads along it.</summary>
    /// <param name="bytes">A power of two, two lines at least.</param>
    public static byte[] Chase(ulong bytes, ulong steps)
    {
        GuestCode code = new();
        ulong room = code.Room(bytes);
        ulong lines = bytes / LineBytes;

        // Half of the lines and one are an odd number of them: all are visited.
        ulong hop = ((lines / 2) | 1) * LineBytes;
        code.Set(Register.R8, room);
        code.Set(Register.R9, hop);
        code.Set(Register.R10, bytes - 1);
        code.Set(Register.Rax, 0);
        code.Set(Register.Rcx, lines);
        int build = code.Here();
        code.Copy(Register.Rbx, Register.Rax);
        code.Add(Register.Rbx, Register.R8);
        code.Add(Register.Rax, Register.R9);
        code.And(Register.Rax, Register.R10);
        code.Copy(Register.Rdx, Register.Rax);
        code.Add(Register.Rdx, Register.R8);
        code.Store(Register.Rdx, Register.Rbx);
        code.Decrement(Register.Rcx);
        code.JumpIfNotZero(build);

        code.Copy(Register.Rbx, Register.R8);
        code.Set(Register.Rcx, steps);
        int chase = code.Here();
        code.Load(Register.Rbx, Register.Rbx);
        code.Decrement(Register.Rcx);
        code.JumpIfNotZero(chase);
        code.Exit();
        return code.ToImage();
    }

    /// <summary>Asks <see cref="Answer"/> for answers to frames of each size, then floods it with
    /// frames of each flood. Writes the nanoseconds of each size's rounds, and of the sends of each
    /// flood.</summary>
    /// <param name="payloads">Bytes of each datagram.</param>
    public static byte[] Ask(
        ReadOnlySpan<int> payloads, int rounds, ReadOnlySpan<int> floods, int floodFrames)
    {
        GuestCode code = new();
        ulong buffer = code.Room(BufferBytes);
        ulong results = code.Room((ulong)(payloads.Length + floods.Length) * 8);
        Stamps stamps = new(code);
        Sleep(code, BootNanoseconds);
        OpenSocket(code, SocketKind.Datagram);
        code.Call(GuestCall.Connect, Register.R12, Address(code, 0x0a00_0001), 16);
        code.Require(2);
        int slot = 0;
        foreach (int payload in payloads)
        {
            Ping(code, buffer, payload, WarmPings);
            stamps.Begin();
            Ping(code, buffer, payload, rounds);
            stamps.End(results, slot++);
        }

        foreach (int payload in floods)
        {
            Sleep(code, BootNanoseconds);
            stamps.Begin();
            code.Set(Register.R13, (ulong)floodFrames);
            int send = code.Here();
            SendBuffer(code, buffer, payload, 5);
            code.Decrement(Register.R13);
            code.JumpIfNotZero(send);
            stamps.End(results, slot++);
        }

        Write(code, results, slot);
        code.Exit();
        return code.ToImage();
    }

    /// <summary>Answers so many datagrams, then takes floods; writes the nanoseconds from the first
    /// frame of each flood to its last.</summary>
    public static byte[] Answer(int answers, int floods, int floodFrames)
    {
        GuestCode code = new();
        ulong buffer = code.Room(BufferBytes);
        ulong results = code.Room((ulong)Math.Max(1, floods) * 8);
        ulong from = code.Data(new byte[16]);
        ulong length = code.Data([16, 0, 0, 0, 0, 0, 0, 0]);
        Stamps stamps = new(code);
        OpenSocket(code, SocketKind.Datagram);
        code.Call(GuestCall.Bind, Register.R12, Address(code, 0), 16);
        code.Require(2);
        code.Set(Register.R13, (ulong)answers);
        int answer = code.Here();
        code.Call(GuestCall.ReceiveFrom, Register.R12, buffer, BufferBytes, 0, from, length);
        code.Require(3);
        code.Copy(Register.R14, Register.Rax);
        code.Call(GuestCall.SendTo, Register.R12, buffer, Register.R14, 0, from, 16);
        code.Require(4);
        code.Decrement(Register.R13);
        code.JumpIfNotZero(answer);
        for (int i = 0; i < floods; i++)
        {
            Take(code, buffer, 1);
            stamps.Begin();
            Take(code, buffer, floodFrames - 1);
            stamps.End(results, i);
        }

        Write(code, results, floods);
        code.Exit();
        return code.ToImage();
    }

    /// <summary>Sleeps once; writes the nanoseconds that its clock says it took.</summary>
    public static byte[] Nap(ulong nanoseconds)
    {
        GuestCode code = new();
        ulong results = code.Room(8);
        Stamps stamps = new(code);
        stamps.Begin();
        Sleep(code, nanoseconds);
        stamps.End(results, 0);
        Write(code, results, 1);
        code.Exit();
        return code.ToImage();
    }

    /// <summary>Works, then sleeps; writes the nanoseconds that its clock says each took, and what the
    /// clock shows at the end.</summary>
    public static byte[] Pace(ulong rounds, ulong sleepNs)
    {
        GuestCode code = new();
        ulong results = code.Room(24);
        Stamps stamps = new(code);
        stamps.Begin();
        code.Set(Register.Rcx, rounds);
        int loop = code.Here();
        code.Decrement(Register.Rcx);
        code.JumpIfNotZero(loop);
        stamps.End(results, 0);
        stamps.Begin();
        Sleep(code, sleepNs);
        stamps.End(results, 1);
        stamps.Now();
        code.Set(Register.R8, results);
        code.Store(Register.Rax, Register.R8, 16);
        Write(code, results, 3);
        code.Exit();
        return code.ToImage();
    }

    /// <summary>Looks at its clock so often, and ends with an error if it goes back; writes the nanoseconds
    /// from the first look to the last.</summary>
    public static byte[] Watch(int reads)
    {
        GuestCode code = new();
        ulong results = code.Room(8);
        Stamps stamps = new(code);
        stamps.Begin();
        code.Copy(Register.R15, Register.R14);
        code.Set(Register.R13, (ulong)reads);
        int again = code.Here();
        stamps.Now();
        code.Copy(Register.Rbx, Register.Rax);
        code.Subtract(Register.Rax, Register.R14);
        code.Require(9);
        code.Copy(Register.R14, Register.Rbx);
        code.Decrement(Register.R13);
        code.JumpIfNotZero(again);
        code.Subtract(Register.R14, Register.R15);
        code.Set(Register.R8, results);
        code.Store(Register.R14, Register.R8);
        Write(code, results, 1);
        code.Exit();
        return code.ToImage();
    }

    /// <summary>Connects and sends over TCP until the other end goes.</summary>
    /// <param name="address">IPv4, as a number.</param>
    public static byte[] Source(uint address)
    {
        GuestCode code = new();
        ulong buffer = code.Room(BufferBytes);
        Sleep(code, BootNanoseconds);
        OpenSocket(code, SocketKind.Stream);
        code.Call(GuestCall.Connect, Register.R12, Address(code, address), 16);
        code.Require(2);
        const int NoSignal = 0x4000;
        int send = code.Here();
        code.Call(GuestCall.SendTo, Register.R12, buffer, BufferBytes, NoSignal, 0, 0);
        code.Test();
        code.JumpIfPositive(send);
        code.Exit();
        return code.ToImage();
    }

    /// <summary>Takes what one connection brings; writes the bytes that came from about one virtual
    /// time to about another, and both times in nanoseconds. Its end resets the connection, so that the source
    /// ends too and does not ask for a node that has gone.</summary>
    /// <param name="windowBytes">SO_RCVBUF, which fixes the window; 0 leaves it to itself.</param>
    public static byte[] Sink(int windowBytes, ulong fromNs, ulong toNs)
    {
        const int SocketLevel = 1, ReceiveBuffer = 8, Linger = 13;
        GuestCode code = new();
        ulong buffer = code.Room(BufferBytes);
        ulong results = code.Room(24);
        ulong window = code.Data(Number(windowBytes));
        ulong reset = code.Data([1, 0, 0, 0, 0, 0, 0, 0]); // On, for 0 s.
        Stamps stamps = new(code);
        OpenSocket(code, SocketKind.Stream);
        if (windowBytes > 0)
        {
            code.Call(
                GuestCall.SetSocketOption, Register.R12, SocketLevel, ReceiveBuffer, window, 4);
            code.Require(3);
        }

        code.Call(GuestCall.Bind, Register.R12, Address(code, 0), 16);
        code.Require(2);
        code.Call(GuestCall.Listen, Register.R12, 4);
        code.Require(4);
        code.Call(GuestCall.Accept, Register.R12, 0, 0);
        code.Require(5);
        code.Copy(Register.R12, Register.Rax);
        code.Call(GuestCall.SetSocketOption, Register.R12, SocketLevel, Linger, reset, 8);
        code.Require(9);
        code.Set(Register.R15, fromNs);
        int warm = code.Here();
        Read(code, buffer);
        stamps.Now();
        code.Compare(Register.Rax, Register.R15);
        code.JumpIfBelow(warm);
        code.Copy(Register.R14, Register.Rax);
        code.Set(Register.R15, toNs);
        code.Set(Register.R13, 0);
        int count = code.Here();
        Read(code, buffer);
        code.Add(Register.R13, Register.Rax);
        stamps.Now();
        code.Compare(Register.Rax, Register.R15);
        code.JumpIfBelow(count);
        code.Set(Register.R8, results);
        code.Store(Register.R13, Register.R8);
        code.Store(Register.R14, Register.R8, 8);
        code.Store(Register.Rax, Register.R8, 16);
        Write(code, results, 3);
        code.Exit();
        return code.ToImage();
    }

    /// <summary>Sends datagrams of chance sizes after chance pauses (of 0 to 4 ms: 2 Mbps in the
    /// mean) to a station that wants none, until a virtual time.</summary>
    /// <param name="address">IPv4, as a number.</param>
    public static byte[] Chatter(uint address, ulong untilNs)
    {
        GuestCode code = new();
        ulong buffer = code.Room(BufferBytes);
        ulong pause = code.Data(new byte[16]);
        Stamps stamps = new(code);
        OpenSocket(code, SocketKind.Datagram);
        ulong to = Address(code, address);
        code.Set(Register.R13, 1);
        code.Set(Register.R15, untilNs);
        int again = code.Here();

        // A linear congruential generator of 64 bits (D. Knuth, TAOCP 2, 3.3.4), its upper bits.
        code.Set(Register.Rax, 6364136223846793005);
        code.Multiply(Register.R13, Register.Rax);
        code.Set(Register.Rax, 1442695040888963407);
        code.Add(Register.R13, Register.Rax);
        Part(code, Register.Rax, 32, 0x3f_ffff);
        code.Set(Register.R8, pause);
        code.Store(Register.Rax, Register.R8, 8);
        code.Call(GuestCall.Nanosleep, pause, 0);
        Part(code, Register.R14, 54, 0x3ff);
        code.Call(GuestCall.SendTo, Register.R12, buffer, Register.R14, 0, to, 16);
        stamps.Now();
        code.Compare(Register.Rax, Register.R15);
        code.JumpIfBelow(again);
        code.Exit();
        return code.ToImage();
    }

    private static void Part(GuestCode code, Register to, byte shift, ulong mask)
    {
        code.Copy(to, Register.R13);
        code.ShiftRight(to, shift);
        code.Set(Register.Rdx, mask);
        code.And(to, Register.Rdx);
    }

    /// <summary>Leaves the descriptor in r12.</summary>
    private static void OpenSocket(GuestCode code, SocketKind kind)
    {
        const int Internet = 2;
        code.Call(GuestCall.Socket, Internet, (int)kind, 0);
        code.Require(1);
        code.Copy(Register.R12, Register.Rax);
    }

    private static void Ping(GuestCode code, ulong buffer, int payload, int rounds)
    {
        code.Set(Register.R13, (ulong)rounds);
        int again = code.Here();
        SendBuffer(code, buffer, payload, 3);
        code.Call(GuestCall.ReceiveFrom, Register.R12, buffer, BufferBytes, 0, 0, 0);
        code.Require(4);
        code.Decrement(Register.R13);
        code.JumpIfNotZero(again);
    }

    private static void SendBuffer(GuestCode code, ulong buffer, int bytes, int exitCode)
    {
        code.Call(GuestCall.SendTo, Register.R12, buffer, bytes, 0, 0, 0);
        code.Require(exitCode);
    }

    private static void Take(GuestCode code, ulong buffer, int frames)
    {
        code.Set(Register.R13, (ulong)frames);
        int again = code.Here();
        code.Call(GuestCall.ReceiveFrom, Register.R12, buffer, BufferBytes, 0, 0, 0);
        code.Require(5);
        code.Decrement(Register.R13);
        code.JumpIfNotZero(again);
    }

    private static void Read(GuestCode code, ulong buffer)
    {
        code.Call(GuestCall.Read, Register.R12, buffer, BufferBytes);
        code.Require(6);
    }

    private static void Write(GuestCode code, ulong results, int count)
    {
        code.Call(GuestCall.Write, 1, results, count * 8);
        code.Require(7);
    }

    private static void Sleep(GuestCode code, ulong nanoseconds)
    {
        (ulong seconds, ulong rest) = Math.DivRem(nanoseconds, NanosecondsPerSecond);
        ulong time = code.Data([.. Number((long)seconds), .. Number((long)rest)]);
        code.Call(GuestCall.Nanosleep, time, 0);
        code.Require(8);
    }

    /// <summary>A sockaddr_in.</summary>
    private static ulong Address(GuestCode code, uint address)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        bytes[0] = 2;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], Port);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], address);
        return code.Data(bytes);
    }

    private static byte[] Number(long value)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return bytes;
    }

    private enum SocketKind
    {
        Stream = 1,
        Datagram = 2,
    }

    /// <summary>Reads the node's clock.</summary>
    private sealed class Stamps(GuestCode code)
    {
        private readonly ulong _time = code.Data(new byte[16]);

        /// <summary>Leaves nanoseconds in rax; changes rdx and r8 besides.</summary>
        public void Now()
        {
            const int Monotonic = 1;
            code.Call(GuestCall.ClockGetTime, Monotonic, _time);
            code.Set(Register.R8, _time);
            code.Load(Register.Rax, Register.R8);
            code.Set(Register.Rdx, NanosecondsPerSecond);
            code.Multiply(Register.Rax, Register.Rdx);
            code.Load(Register.Rdx, Register.R8, 8);
            code.Add(Register.Rax, Register.Rdx);
        }

        /// <summary>Keeps it in r14.</summary>
        public void Begin()
        {
            Now();
            code.Copy(Register.R14, Register.Rax);
        }

        public void End(ulong results, int slot)
        {
            Now();
            code.Subtract(Register.Rax, Register.R14);
            code.Set(Register.R8, results);
            code.Store(Register.Rax, Register.R8, slot * 8);
        }
    }
}

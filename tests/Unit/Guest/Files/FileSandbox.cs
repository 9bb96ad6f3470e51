using System.Buffers.Binary;
using System.Text;
using Dilaton.Core;
using Dilaton.Guest;

namespace Dilaton.Tests.Unit.Guest.Files;

/// <summary>A node's file system over a fresh host folder, called as a guest would call it.
/// </summary>
internal sealed class FileSandbox : IDisposable
{
    public const int ProcessId = 1000;
    public const long Epoch = 1_700_000_000;
    public const int CurrentDirectory = -100;
    public const ulong BadPointer = 0x10;

    private ulong _next = FakeMemory.Start;

    public FileSandbox(
        FileAccessRight access = FileAccessRight.ReadWrite,
        TerminalOptions? terminal = null,
        string input = "",
        uint userId = 0,
        Frequency[]? clocks = null)
    {
        Folder = Directory.CreateTempSubdirectory("dilaton-files-").FullName;
        Outside = Directory.CreateTempSubdirectory("dilaton-outside-").FullName;
        File.WriteAllText(Path.Combine(Outside, "secret"), "secret");
        Options = new FileSystemOptions
        {
            Grants = [new FileGrant(Folder, "/sandbox", access)],
            WorkingDirectory = "/sandbox",
            HasInMemoryTmp = true,
            Terminal = terminal ?? TerminalOptions.None,
            Machine = new MachineDescription
            {
                VcpuCount = 4,
                Frequency = new Frequency(2_500_000_000),
                Clocks = clocks ?? [],
                MemoryBytes = 1UL << 30,
                Caches =
                [
                    new CacheDescription(1, CacheContent.Data, 32 << 10, 8, 64, 1),
                    new CacheDescription(1, CacheContent.Instruction, 32 << 10, 8, 64, 1),
                    new CacheDescription(2, CacheContent.Unified, 1 << 20, 16, 64, 1),
                    new CacheDescription(3, CacheContent.Unified, 8 << 20, 16, 64, 4),
                ],
            },
        };
        Streams = new StandardStreams(
            new BytesInput(Encoding.UTF8.GetBytes(input)), Output, Error);
        Files = new NodeFileSystem(Options, new FileOrigin(Epoch, 1, userId, userId), Streams);
        Files.Attach(Clock, Clock, view: null, BrokenPipes);
        Process = Files.StartProcess(ProcessId);
        FileSystemCalls.Register(Table, Files);
    }

    public string Folder { get; }

    public string Outside { get; }

    public FileSystemOptions Options { get; }

    public StandardStreams Streams { get; }

    public CollectedOutput Output { get; } = new();

    public CollectedOutput Error { get; } = new();

    public BrokenPipeCounter BrokenPipes { get; } = new();

    public FakeClock Clock { get; } = new();

    public FakeMemory Memory { get; } = new();

    public NodeFileSystem Files { get; }

    public ProcessFiles Process { get; }

    public SystemCallTable Table { get; } = new();

    public string Host(string name) => Path.Combine(Folder, name);

    /// <summary>Calls; the call must not block.</summary>
    public long Call(int number, params ulong[] arguments)
    {
        SystemCallResult result = Start(new FakeCall(Memory, Clock, arguments), number);
        Invariant.Require(result.Wait is null);
        return result.Value;
    }

    public FakeCall Prepare(params ulong[] arguments) => new(Memory, Clock, arguments);

    public SystemCallResult Start(FakeCall call, int number) =>
        Table.Find((ulong)number)!.Handler(call);

    /// <summary>Takes guest memory for a buffer.</summary>
    public ulong Allocate(int lengthBytes)
    {
        ulong address = _next;
        _next += (ulong)(lengthBytes + 15) & ~15UL;
        if (_next > FakeMemory.Start + FakeMemory.SizeBytes)
        {
            _next = FakeMemory.Start + ((ulong)(lengthBytes + 15) & ~15UL);
            address = FakeMemory.Start;
        }

        return address;
    }

    public ulong Put(ReadOnlySpan<byte> bytes)
    {
        ulong address = Allocate(bytes.Length);
        Memory.TryWrite(address, bytes);
        return address;
    }

    public ulong Text(string text) => Put(Encoding.UTF8.GetBytes(text + "\0"));

    public byte[] Get(ulong address, int lengthBytes)
    {
        byte[] bytes = new byte[lengthBytes];
        Invariant.Require(Memory.TryRead(address, bytes));
        return bytes;
    }

    public long Open(string path, int flags = 0, uint mode = 0x1a4) =>
        Call(257, unchecked((ulong)CurrentDirectory), Text(path), (ulong)flags, mode);

    public long Close(long descriptor) => Call(3, (ulong)descriptor);

    public long Write(long descriptor, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return Call(1, (ulong)descriptor, Put(bytes), (ulong)bytes.Length);
    }

    public (long Result, string Text) Read(long descriptor, int lengthBytes = 4096)
    {
        ulong buffer = Allocate(lengthBytes);
        long result = Call(0, (ulong)descriptor, buffer, (ulong)lengthBytes);
        return (result, result > 0 ? Encoding.UTF8.GetString(Get(buffer, (int)result)) : "");
    }

    public string ReadAll(string path)
    {
        long descriptor = Open(path);
        if (descriptor < 0)
        {
            throw new IOException($"open of {path}: errno {-descriptor}");
        }

        StringBuilder text = new();
        while (true)
        {
            (long result, string part) = Read(descriptor, 1 << 16);
            if (result < 0)
            {
                throw new IOException($"read of {path}: errno {-result}");
            }

            if (result == 0)
            {
                Close(descriptor);
                return text.ToString();
            }

            text.Append(part);
        }
    }

    public (long Result, GuestStat Stat) Stat(string path, int flags = 0)
    {
        ulong buffer = Allocate(144);
        long result = Call(
            262, unchecked((ulong)CurrentDirectory), Text(path), buffer, (ulong)flags);
        return (result, GuestStat.Decode(Get(buffer, 144)));
    }

    public List<string> List(string path)
    {
        List<string> names = [];
        long descriptor = Open(path, 0x10000);
        ulong buffer = Allocate(4096);
        while (true)
        {
            long used = Call(217, (ulong)descriptor, buffer, 4096);
            if (used <= 0)
            {
                Close(descriptor);
                return used == 0 ? names : throw new IOException($"getdents64: errno {-used}");
            }

            byte[] bytes = Get(buffer, (int)used);
            for (int at = 0; at < used;)
            {
                int length = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at + 16));
                ReadOnlySpan<byte> name = bytes.AsSpan(at + 19, length - 19);
                names.Add(Encoding.UTF8.GetString(name[..name.IndexOf((byte)0)]));
                at += length;
            }
        }
    }

    public void Dispose()
    {
        Files.EndProcess(ProcessId);
        Directory.Delete(Folder, recursive: true);
        Directory.Delete(Outside, recursive: true);
    }
}

using System.Buffers.Binary;
using System.Text;
using Dilaton.Guest;
using Xunit;
using Xunit.Abstractions;

namespace Dilaton.Tests.Unit.Guest.Files;

/// <summary>The same random calls on the host's Linux and on the emulated file system give the
/// same results, error numbers and contents.</summary>
public sealed class DifferentialTests(ITestOutputHelper output)
{
    private const int StepsPerSeed = 1_500;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void GrantedFolder_BehavesAsOnLinux(int seed)
    {
        output.WriteLine($"seed {seed}");
        using Comparison comparison = new(seed, "/sandbox");
        comparison.Run(StepsPerSeed);
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(14)]
    public void MemoryFolder_BehavesAsOnLinux(int seed)
    {
        output.WriteLine($"seed {seed}");
        using Comparison comparison = new(seed, "/tmp");
        comparison.Run(StepsPerSeed);
    }

    private sealed class Comparison : IDisposable
    {
        private const int Depth = 12;

        private static readonly string[] s_names = ["a", "b", "c", "d", "e"];

        private static readonly int[] s_openFlags =
        [
            0, 1, 2, 0x40, 0x41, 0x42, 0xc1, 0xc2, 0x200, 0x201, 0x241, 0x401, 0x441, 0x442,
            0x10000, 0x10041, 0x20000, 0x20041, 0x200000, 0x220000, 0x210000, 0x642,
        ];

        private readonly FileSandbox _box = new();
        private readonly string _folder;
        private readonly Random _random;
        private readonly List<(long Native, long Emulated)> _open = [];
        private readonly long _nativeRoot;
        private readonly long _emulatedRoot;
        private string _last = "";

        public Comparison(int seed, string guestFolder)
        {
            _random = new Random(seed);
            _folder = Directory.CreateTempSubdirectory("dilaton-native-").FullName;

            // Deep, since "link/.." may climb out of the root if the link leads to it.
            string native = _folder;
            string emulated = guestFolder;
            for (int i = 0; i < Depth; i++)
            {
                native += "/r";
                emulated += "/r";
                _ = NativeSystem.Call(83, native, 0x1c0);
                _ = _box.Call(83, _box.Text(emulated), 0x1c0);
            }

            _nativeRoot = NativeSystem.Call(257, -100, native, 0x10000, 0);
            _emulatedRoot = _box.Open(emulated, 0x10000);
            long umask = NativeSystem.Call(95, 18);
            _ = NativeSystem.Call(95, umask);
            _box.Process.Umask = (uint)umask;
        }

        public void Run(int steps)
        {
            for (int i = 0; i < steps; i++)
            {
                Step();
            }

            CompareTree("");
        }

        public void Dispose()
        {
            foreach ((long native, _) in _open)
            {
                _ = NativeSystem.Call(3, native);
            }

            _ = NativeSystem.Call(3, _nativeRoot);
            Directory.Delete(_folder, recursive: true);
            _box.Dispose();
        }

        private void Step()
        {
            switch (_random.Next(26))
            {
                case 0 or 1 or 2 or 3:
                    Open();
                    break;
                case 4 or 5:
                    Both(258, [Root.Instance, Name(), Mode()]);
                    break;
                case 6:
                    Both(263, [Root.Instance, Name(), 0L]);
                    break;
                case 7:
                    Both(263, [Root.Instance, Name(), 0x200L]);
                    break;
                case 8 or 9:
                    long flags = _random.Next(4) == 0 ? _random.Next(4) : 0;
                    Both(316, [Root.Instance, Name(), Root.Instance, Name(), flags]);
                    break;
                case 10:
                    long follow = _random.Next(2) * 0x400L;
                    Both(265, [Root.Instance, Name(), Root.Instance, Name(), follow]);
                    break;
                case 11:
                    Both(266, [Name(), Root.Instance, Name()]);
                    break;
                case 12:
                    Both(267, [Root.Instance, Name(), new byte[64], (long)_random.Next(65)]);
                    break;
                case 13 or 14:
                    Stat();
                    break;
                case 15:
                    Both(269, [Root.Instance, Name(), (long)_random.Next(9)]);
                    break;
                case 16:
                    Both(268, [Root.Instance, Name(), Mode()]);
                    break;
                default:
                    StepOnOpen();
                    break;
            }
        }

        private void StepOnOpen()
        {
            if (_open.Count == 0)
            {
                return;
            }

            int slot = _random.Next(_open.Count);
            Slot file = new(slot);
            long length = _random.Next(200);
            long offset = _random.Next(600) - 20;
            switch (_random.Next(12))
            {
                case 0:
                    Both(3, [file]);
                    _open.RemoveAt(slot);
                    break;
                case 1 or 2:
                    Both(1, [file, Bytes((int)length), length]);
                    break;
                case 3:
                    Both(0, [file, new byte[200], length]);
                    break;
                case 4:
                    Both(18, [file, Bytes((int)length), length, offset]);
                    break;
                case 5:
                    Both(17, [file, new byte[200], length, offset]);
                    break;
                case 6 or 7:
                    Seek(file, offset);
                    break;
                case 8:
                    Both(77, [file, offset]);
                    break;
                case 9:
                    Add(Both(32, [file]));
                    break;
                case 10:
                    Both(72, [file, 3L, 0L]);
                    break;
                default:
                    Both(72, [file, 4L, _random.Next(2) * 0x400L]);
                    break;
            }
        }

        /// <summary>Positions of folders are the file system's own affair but for zero.</summary>
        private void Seek(Slot file, long offset)
        {
            byte[] stat = new byte[144];
            _ = NativeSystem.Call(5, _open[file.Index].Native, stat);
            bool isFolder = (BinaryPrimitives.ReadUInt32LittleEndian(stat.AsSpan(24)) & 0xf000)
                == 0x4000;
            Both(8, isFolder
                ? [file, 0L, 0L]
                : [file, offset, (long)_random.Next(3)]);
        }

        private void Open()
        {
            int flags = s_openFlags[_random.Next(s_openFlags.Length)];
            Add(Both(257, [Root.Instance, Name(), (long)flags, Mode()], isDescriptor: true));
            if (_open.Count > 20)
            {
                Both(3, [new Slot(0)]);
                _open.RemoveAt(0);
            }
        }

        private void Add((long Native, long Emulated) opened)
        {
            if (opened.Native >= 0)
            {
                _open.Add(opened);
            }
        }

        private void Stat()
        {
            long flags = _random.Next(2) * 0x100L;
            string name = Name();
            byte[] native = new byte[144];
            ulong buffer = _box.Allocate(144);
            long expected = NativeSystem.Call(262, _nativeRoot, name, native, flags);
            long actual = _box.Call(
                262, (ulong)_emulatedRoot, _box.Text(name), buffer, (ulong)flags);
            Check($"newfstatat {name} {flags:x}", expected, actual);
            if (expected == 0)
            {
                CheckStat(
                    name, GuestStat.Decode(native), GuestStat.Decode(_box.Get(buffer, 144)));
            }
        }

        private void CheckStat(string name, GuestStat native, GuestStat emulated)
        {
            Check($"mode of {name}", native.Mode, emulated.Mode);
            if ((native.Mode & 0xf000) != 0x4000)
            {
                Check($"links of {name}", (long)native.LinkCount, (long)emulated.LinkCount);
                Check($"size of {name}", native.SizeBytes, emulated.SizeBytes);
            }
        }

        private (long Native, long Emulated) Both(
            int number, object[] arguments, bool isDescriptor = false)
        {
            object[] native = new object[arguments.Length];
            ulong[] emulated = new ulong[arguments.Length];
            List<(byte[] Native, ulong Emulated)> buffers = [];
            for (int i = 0; i < arguments.Length; i++)
            {
                (native[i], emulated[i]) = arguments[i] switch
                {
                    Root => (_nativeRoot, (ulong)_emulatedRoot),
                    Slot slot => (_open[slot.Index].Native, (ulong)_open[slot.Index].Emulated),
                    string name => ((object)name, _box.Text(name)),
                    byte[] bytes => (bytes.ToArray(), _box.Put(bytes)),
                    long value => (value, unchecked((ulong)value)),
                    _ => throw new ArgumentException("unknown kind of argument"),
                };
                if (native[i] is byte[] buffer)
                {
                    buffers.Add((buffer, emulated[i]));
                }
            }

            string text = $"{number}({string.Join(", ", arguments)})";
            long expected = NativeSystem.Call(number, native);
            long actual = _box.Call(number, emulated);
            bool opens = (isDescriptor || number == 32) && expected >= 0;
            Check(text, opens ? 0 : expected, opens ? Math.Min(actual, 0) : actual);
            foreach ((byte[] bytes, ulong address) in buffers)
            {
                if (!bytes.AsSpan().SequenceEqual(_box.Get(address, bytes.Length)))
                {
                    Fail($"contents of the buffer of {text}");
                }
            }

            return (expected, actual);
        }

        private void CompareTree(string path)
        {
            string shown = path.Length == 0 ? "." : path;
            List<(string Name, byte Type)> native = ListNative(shown);
            List<(string Name, byte Type)> emulated = ListEmulated(shown);
            if (!native.SequenceEqual(emulated))
            {
                Fail($"names in {shown}: {string.Join(' ', native)} / "
                    + string.Join(' ', emulated));
            }

            foreach ((string name, byte type) in native)
            {
                string child = path.Length == 0 ? name : $"{path}/{name}";
                if (type == 4)
                {
                    CompareTree(child);
                }
            }
        }

        private List<(string Name, byte Type)> ListNative(string path)
        {
            long folder = NativeSystem.Call(257, _nativeRoot, path, 0x10000, 0);
            List<(string Name, byte Type)> entries = [];
            byte[] buffer = new byte[4096];
            while (NativeSystem.Call(217, folder, buffer, 4096) is > 0 and long used)
            {
                Decode(buffer, used, entries);
            }

            _ = NativeSystem.Call(3, folder);
            entries.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
            return entries;
        }

        private List<(string Name, byte Type)> ListEmulated(string path)
        {
            long folder = _box.Call(257, (ulong)_emulatedRoot, _box.Text(path), 0x10000, 0);
            List<(string Name, byte Type)> entries = [];
            ulong buffer = _box.Allocate(4096);
            while (_box.Call(217, (ulong)folder, buffer, 4096) is > 0 and long used)
            {
                Decode(_box.Get(buffer, 4096), used, entries);
            }

            _box.Close(folder);
            return entries;
        }

        private static void Decode(
            byte[] buffer, long used, List<(string Name, byte Type)> entries)
        {
            for (int at = 0; at < used;)
            {
                int length = BinaryPrimitives.ReadUInt16LittleEndian(buffer.AsSpan(at + 16));
                ReadOnlySpan<byte> name = buffer.AsSpan(at + 19, length - 19);
                string text = Encoding.UTF8.GetString(name[..name.IndexOf((byte)0)]);
                if (text is not ("." or ".."))
                {
                    entries.Add((text, buffer[at + 18]));
                }

                at += length;
            }
        }

        /// <summary>Paths of up to three components that never leave the folder.</summary>
        private string Name()
        {
            string first = One();
            string path = _random.Next(12) switch
            {
                0 or 1 or 2 => $"{first}/{One()}",
                3 => $"{first}/{One()}/{One()}",
                4 => $"{first}/../{One()}",
                5 => $"./{first}",
                6 => $"{first}/",
                7 => $"{first}/{One()}//",
                8 => _random.Next(6) switch
                {
                    0 => ".",
                    1 => "",
                    2 => $"{first}/.",
                    3 => $"{first}/..",
                    4 => new string('x', 256),
                    _ => $"{first}//{One()}",
                },
                _ => first,
            };
            return path;
        }

        private string One() => s_names[_random.Next(s_names.Length)];

        private long Mode() => 0x180L | (uint)_random.Next(0x40) | (_random.Next(2) * 0x40L);

        private byte[] Bytes(int length)
        {
            byte[] bytes = new byte[length];
            _random.NextBytes(bytes);
            return bytes;
        }

        private void Check(string what, long expected, long actual)
        {
            if (expected != actual)
            {
                Fail($"{what}: Linux {expected}, Dilaton {actual}");
            }

            _last += $"{what} = {expected}\n";
            _last = _last.Length > 4_000 ? _last[^3_000..] : _last;
        }

        private void Fail(string what) => Assert.Fail($"{what}\nbefore that:\n{_last}");

        private sealed record Slot(int Index);

        private sealed record Root
        {
            public static Root Instance { get; } = new();
        }
    }
}

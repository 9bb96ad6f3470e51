using System.Buffers.Binary;
using System.Text;
using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>Builds what a program finds on its stack (System V ABI for AMD64, "Process
/// Initialization"): argc, argv, envp, the auxiliary vector, then strings.</summary>
internal static class InitialStack
{
    /// <summary>Linux too lets arguments and environment take a quarter of the stack.</summary>
    public const int StringBytesMax = (int)(GuestLayout.StackSizeBytes / 4);

    private const int AT_PHDR = 3;
    private const int AT_PHENT = 4;
    private const int AT_PHNUM = 5;
    private const int AT_PAGESZ = 6;
    private const int AT_BASE = 7;
    private const int AT_FLAGS = 8;
    private const int AT_ENTRY = 9;
    private const int AT_UID = 11;
    private const int AT_EUID = 12;
    private const int AT_GID = 13;
    private const int AT_EGID = 14;
    private const int AT_PLATFORM = 15;
    private const int AT_HWCAP = 16;
    private const int AT_CLKTCK = 17;
    private const int AT_SECURE = 23;
    private const int AT_RANDOM = 25;
    private const int AT_HWCAP2 = 26;
    private const int AT_EXECFN = 31;

    /// <summary>CPUID.1:EDX of every x86-64 processor since 2003: what Linux shows here.</summary>
    private const ulong Hwcap = 0x178b_fbff;

    /// <summary>Maps the stack and fills its top. There is no AT_SYSINFO_EHDR, hence no vDSO:
    /// the C library then reads clocks by system call, which is where time is virtual.</summary>
    /// <returns>The stack pointer at the entry point.</returns>
    public static ulong Build(
        AddressSpace space, ProgramStart start, LoadedProgram program, SeededRandom random)
    {
        long mapped = space.Map(new MapRequest
        {
            Address = space.Window.StackTop - GuestLayout.StackSizeBytes,
            LengthBytes = GuestLayout.StackSizeBytes,
            Protection = GuestProtection.Read | GuestProtection.Write,
            Placement = MapPlacement.FixedNoReplace,
            Kind = AreaKind.Stack,
        });
        if (mapped < 0)
        {
            throw new GuestLoadException(
                start.Path,
                $"a stack of {GuestLayout.StackSizeBytes} bytes does not fit the granted memory "
                + $"of {space.LimitBytes} bytes")
            {
                Error = Errno.ENOMEM,
            };
        }

        var strings = new StringArea(start.Path);
        ulong[] argv = strings.AddAll(start.Arguments);
        ulong[] envp = strings.AddAll(start.Environment);
        ulong execfn = strings.Add(start.Path);
        ulong platform = strings.Add("x86_64");
        byte[] randomBytes = new byte[16];
        random.Fill(randomBytes);
        ulong randomAddress = strings.AddBytes(randomBytes);

        ulong stringsStart = (space.Window.StackTop - 8 - (ulong)strings.Length) & ~15UL;
        var vector = new List<ulong> { (ulong)argv.Length };
        vector.AddRange(argv.Select(a => a + stringsStart));
        vector.Add(0);
        vector.AddRange(envp.Select(e => e + stringsStart));
        vector.Add(0);
        AddAuxiliary(
            vector,
            program,
            execfn + stringsStart,
            platform + stringsStart,
            randomAddress + stringsStart);

        ulong stack = (stringsStart - ((ulong)vector.Count * 8)) & ~15UL;
        strings.CopyTo(space.Bytes(stringsStart, strings.Length));
        Span<byte> words = space.Bytes(stack, vector.Count * 8);
        for (int i = 0; i < vector.Count; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(words[(i * 8)..], vector[i]);
        }

        return stack;
    }

    private static void AddAuxiliary(
        List<ulong> vector, LoadedProgram program, ulong execfn, ulong platform, ulong random)
    {
        ElfFile elf = program.Image.Elf;
        ulong table = elf.ProgramHeadersAddress;
        vector.AddRange(
        [
            AT_PHDR, table == 0 ? 0 : table + program.Image.Bias,
            AT_PHENT, ElfFile.ProgramHeaderBytes,
            AT_PHNUM, (ulong)elf.Header.ProgramHeaderCount,
            AT_PAGESZ, GuestPage.SizeBytes,
            AT_BASE, program.Interpreter?.Bias ?? 0,
            AT_FLAGS, 0,
            AT_ENTRY, program.Image.Entry,
            AT_UID, GuestIdentity.UserId,
            AT_EUID, GuestIdentity.UserId,
            AT_GID, GuestIdentity.GroupId,
            AT_EGID, GuestIdentity.GroupId,
            AT_SECURE, 0,
            AT_RANDOM, random,
            AT_HWCAP, Hwcap,
            AT_HWCAP2, 0,
            AT_CLKTCK, 100,
            AT_PLATFORM, platform,
            AT_EXECFN, execfn,
            0, 0,
        ]);
    }

    private sealed class StringArea(string program)
    {
        private readonly List<byte> _bytes = [];

        public int Length => _bytes.Count;

        public ulong Add(string text) => AddBytes([.. Encoding.UTF8.GetBytes(text), 0]);

        public ulong AddBytes(byte[] bytes)
        {
            ulong at = (ulong)_bytes.Count;
            _bytes.AddRange(bytes);
            return _bytes.Count <= StringBytesMax
                ? at
                : throw new GuestLoadException(
                    program,
                    $"arguments and environment take more than {StringBytesMax} bytes")
                {
                    Error = Errno.E2BIG,
                };
        }

        public ulong[] AddAll(IReadOnlyList<byte[]> texts)
        {
            ulong[] addresses = new ulong[texts.Count];
            for (int i = 0; i < addresses.Length; i++)
            {
                addresses[i] = AddBytes([.. texts[i], 0]);
            }

            return addresses;
        }

        public void CopyTo(Span<byte> destination) =>
            _bytes.ToArray().AsSpan().CopyTo(destination);
    }
}

using System.Runtime.Versioning;
using System.Text;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>What is no program, or no program for this machine, is refused with a reason before
/// anything runs.</summary>
[SupportedOSPlatform("linux")]
public sealed class BadProgramTests
{
    private const int Usage = 2;

    [Fact]
    public void NoSuchFile_IsNamed() => Refused("./no-such-program", "no-such-program");

    [Fact]
    public void TextFile_IsRefusedAsNoElf() => Refused(f =>
        f.Write("program", "this is not a program\n"), "ELF");

    [Fact]
    public void EmptyFile_IsRefused() => Refused(f => f.Write("program", ""), "ELF");

    [Fact]
    public void ProgramOfAnotherMachine_IsRefused() => Refused(f => Changed(f, 18, 0xb7), "machine");

    [Fact]
    public void ThirtyTwoBitProgram_IsRefused() => Refused(f => Changed(f, 4, 1), "64");

    [Fact]
    public void TruncatedProgram_IsRefused() => Refused(f =>
    {
        byte[] whole = File.ReadAllBytes(Paths.Guest("hello"));
        File.WriteAllBytes(f.File("program"), whole[..(whole.Length / 3)]);
        return f.File("program");
    }, "program");

    [Fact]
    public void MissingInterpreter_IsNamed() => Refused(f =>
        Patched(f, "/lib64/ld-linux-x86-64.so.2", "/lib64/ld-linux-x86-64.so.9"), "so.9");

    [Fact]
    public void MissingLibrary_IsSaidByTheLoaderOfTheGuest()
    {
        using var folder = new TempFolder();
        string program = Patched(folder, "libc.so.6", "libc.so.9");
        Run run = Run.Of([], program, [], new() { Folder = folder.Path });
        run.Error.ShouldContain("libc.so.9");
        run.ExitCode.ShouldBe(1);
        run.GuestExitCode.ShouldBe(127);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void HostileHeaders_AreRefusedOrRunButNeverABug(int seed)
    {
        // Bytes of the ELF and program headers, changed by a fixed stream.
        using var folder = new TempFolder();
        byte[] bytes = File.ReadAllBytes(Paths.Guest("hello"));
        ulong x = (Seeded.Seed * 1000 + (ulong)seed) * 0x9E3779B97F4A7C15;
        for (int i = 0; i < 6; i++)
        {
            x = x * 6364136223846793005 + 1442695040888963407;
            bytes[16 + (int)((x >> 33) % 300)] = (byte)(x >> 50);
        }

        string program = folder.File("program");
        File.WriteAllBytes(program, bytes);
        Run run = Run.Of(["--until", "1s"], program, [], new() { Folder = folder.Path });
        run.ExitCode.ShouldBeOneOf(0, 1, 2, 4);
        run.Error.ShouldNotContain("DL0506");
    }

    private static void Refused(string program, string word, string? folder = null)
    {
        // From the program's own folder: other folders below the host's /tmp are not granted.
        Run run = Run.Of([], program, [], new() { Folder = folder });
        run.ExitCode.ShouldBe(Usage, run.Error);
        run.Error.ShouldContain("error");
        run.Error.ShouldContain(word);
        run.Output.ShouldBe("");
    }

    private static void Refused(Func<TempFolder, string> make, string word)
    {
        using var folder = new TempFolder();
        string program = make(folder);
        File.SetUnixFileMode(program, (UnixFileMode)0b111_101_101);
        Refused(program, word, folder.Path);
    }

    private static string Changed(TempFolder folder, int offset, byte value)
    {
        byte[] bytes = File.ReadAllBytes(Paths.Guest("hello"));
        bytes[offset] = value;
        File.WriteAllBytes(folder.File("program"), bytes);
        return folder.File("program");
    }

    private static string Patched(TempFolder folder, string from, string to)
    {
        string bytes = Encoding.Latin1.GetString(File.ReadAllBytes(Paths.Guest("hello", "dynamic")));
        string program = folder.File("program");
        File.WriteAllBytes(program, Encoding.Latin1.GetBytes(bytes.Replace(from, to)));
        File.SetUnixFileMode(program, (UnixFileMode)0b111_101_101);
        return program;
    }
}

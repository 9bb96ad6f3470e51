namespace Dilaton.Tests.Nested;

/// <summary>The root of the bed: our program, a shell, KVM's modules, and the libraries of them.
/// Made once for all boots of a test run.</summary>
internal static class Initramfs
{
    private static readonly Lazy<string> s_path = new(Pack);

    public static string File => s_path.Value;

    private static string Pack()
    {
        Directory.CreateDirectory(Paths.Artifacts);
        string missing = Requirement.Missing();
        Require(missing.Length == 0, $"the bed needs {missing}");
        (int code, string output) = Command.Run(TimeSpan.FromMinutes(10), Paths.Dilaton, "version");
        Require(code == 0, output);
        Require(
            !System.IO.File.Exists(Paths.Program + ".dll"),
            "./dilaton was not compiled ahead of time: see artifacts/dilaton/aot.log");
        (code, output) = Command.Run(
            TimeSpan.FromMinutes(5), "make", "-s", "-C", Path.Combine(Paths.Root, "tests", "guests"));
        Require(code == 0, output);
        string file = Path.Combine(Paths.Artifacts, "initramfs.cpio");
        (code, output) = Command.Run(
            TimeSpan.FromMinutes(2), "/bin/sh", Path.Combine(Paths.Bed, "pack"),
            Paths.Kernel, Paths.Program, Paths.Guests, file);
        Require(code == 0, $"tests/Nested/bed/pack: {output}");
        return file;
    }

    private static void Require(bool isTrue, string why)
    {
        if (!isTrue)
        {
            throw new InvalidOperationException(why);
        }
    }
}

namespace Dilaton.Tests.Integration;

/// <summary>The guest programs whose output is the same everywhere.</summary>
internal static class Programs
{
    public static readonly string[] Plain =
    [
        "hello", "stream", "chase", "sieve", "matrix", "quicksort", "tree", "dhrystone", "sha256",
        "setjmp", "x87", "strings", "gather", "isa", "formats", "signals", "clock", "files",
        "region", "handlers", "frames", "faults", "jit",
    ];

    public static readonly string[] Threaded = ["threads", "sockets", "interrupts", "timers"];

    /// <summary>Needs libgomp or libstdc++: not with musl.</summary>
    public static readonly string[] Hosted = ["openmp", "exceptions"];

    public static IEnumerable<string> All => [.. Plain, .. Threaded, .. Hosted];
}

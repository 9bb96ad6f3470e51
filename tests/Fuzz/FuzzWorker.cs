using Dilaton.Core;
using Dilaton.Tests.Differential;
using Dilaton.Translator;

namespace Dilaton.Tests.Fuzz;

internal static class FuzzWorker
{
    private static readonly EngineSetup[] s_setups =
    [
        new("off", MemoryEventLevel.Off, [1000]),
        new("full mixed", MemoryEventLevel.Full, [17, 1, 3, 1000], LoadHitStallCycles: 3),
        new("filtered", MemoryEventLevel.Filtered, [1000], LoadHitStallCycles: 3),
    ];

    public static int Run(string[] arguments, TextWriter output)
    {
        if (arguments is ["exhaust", ..])
        {
            return CodeCacheExhaustion.Run(output);
        }

        if (arguments is ["confine", string folder])
        {
            return ConfinedProcess.Run(folder, output);
        }

        if (arguments.Length < 3 || Generator(arguments[0]) is not { } make)
        {
            output.WriteLine("usage: random|flipped|jumps|self SEED COUNT | exhaust | confine FOLDER");
            return 2;
        }

        ulong seed = ulong.Parse(arguments[1]);
        using DifferentialRun run = new(s_setups, output);
        if (arguments[0] != "self")
        {
            run.IsComparable = HostileCode.IsComparable;
        }

        for (ulong i = 0; i < ulong.Parse(arguments[2]); i++)
        {
            run.Add(make(seed + i));
        }

        run.Flush();
        output.WriteLine(
            $"cases {run.Cases} compared {run.Compared} failures {run.Failures}");
        return run.Failures == 0 ? 0 : 1;
    }

    private static Func<ulong, TestCase>? Generator(string name) => name switch
    {
        "random" => HostileCode.RandomBytes,
        "flipped" => HostileCode.FlippedBytes,
        "jumps" => HostileCode.RandomJumps,
        "self" => SelfModifyingCode.Make,
        _ => null,
    };
}

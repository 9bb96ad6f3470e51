namespace Dilaton.Tests.Simulation;

/// <summary>Random programs that end: threads of computing, memory, calls, clock reads, loops.
/// </summary>
public static class ScriptGenerator
{
    public static (ScriptInstruction[] Program, ulong[] Entries) Create(int seed, int threads)
    {
        var random = new Random(seed);
        var program = new List<ScriptInstruction>();
        var entries = new List<ulong>();
        for (int t = 0; t < threads; t++)
        {
            entries.Add((ulong)program.Count);
            int phases = random.Next(2, 7);
            for (int p = 0; p < phases; p++)
            {
                AddPhase(program, random, t);
            }

            program.Add(new ScriptInstruction(ScriptOp.SystemCall, ScriptedKernel.ExitThread));
        }

        return ([.. program], [.. entries]);
    }

    private static void AddPhase(List<ScriptInstruction> program, Random random, int thread)
    {
        program.Add(new ScriptInstruction(ScriptOp.SetCounter, (ulong)random.Next(1, 400)));
        ulong head = (ulong)program.Count;
        int length = random.Next(1, 12);
        for (int i = 0; i < length; i++)
        {
            program.Add(Body(random));
        }

        program.Add(new ScriptInstruction(ScriptOp.Loop, head));
        ulong time = (ulong)random.Next(0, 40_000);
        program.Add(random.Next(7) switch
        {
            0 => new ScriptInstruction(ScriptOp.SystemCall, ScriptedKernel.Sleep, time),
            1 => new ScriptInstruction(ScriptOp.SystemCall, ScriptedKernel.GetTime),
            2 => new ScriptInstruction(ScriptOp.SystemCall, ScriptedKernel.CopyIn, Address(random)),
            3 => new ScriptInstruction(
                ScriptOp.SystemCall, ScriptedKernel.CopyOut, Address(random)),
            4 => new ScriptInstruction(ScriptOp.SystemCall, ScriptedKernel.Yield),
            5 => new ScriptInstruction(ScriptOp.Timestamp),
            _ => new ScriptInstruction(ScriptOp.SystemCall, ScriptedKernel.WakeAll, (ulong)thread),
        });
    }

    private static ScriptInstruction Body(Random random) => random.Next(10) switch
    {
        0 or 1 => new ScriptInstruction(ScriptOp.Load, Address(random)),
        2 or 3 => new ScriptInstruction(ScriptOp.Store, Address(random)),
        4 => new ScriptInstruction(ScriptOp.Modify, Address(random)),
        5 => random.Next(4) == 0
            ? new ScriptInstruction(ScriptOp.Pause)
            : new ScriptInstruction(ScriptOp.Compute),
        _ => new ScriptInstruction(ScriptOp.Compute),
    };

    private static ulong Address(Random random) =>
        0x10_0000 + (ulong)random.Next(0, 900) * 24 + (ulong)random.Next(0, 3) * 0x1_0000;
}

namespace Dilaton.Tests.Simulation;

public readonly record struct ScriptInstruction(ScriptOp Op, ulong A = 0, ulong B = 0);

namespace Dilaton.Tests.Nested;

/// <summary>What a processor was about when it was looked at.</summary>
internal readonly record struct ProcessorPlace(ulong InstructionPointer, bool TakesInterrupts);

using Dilaton.Core;
using Iced.Intel;

namespace Dilaton.Kvm;

/// <summary>One memory operand of a decoded instruction.</summary>
internal readonly record struct StepAccess(UsedMemory Operand, byte SizeBytes, MemoryEventKind Kind);

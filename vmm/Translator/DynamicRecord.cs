using Dilaton.Core;

namespace Dilaton.Translator;

/// <summary>One access of an instruction whose accesses are found out as it runs.</summary>
internal readonly record struct DynamicRecord(ulong Address, byte Size, MemoryEventKind Kind);

using Dilaton.Core;

namespace Dilaton.Tests.Unit.Translator;

internal readonly record struct TestRecord(
    ulong Address, byte Size, MemoryEventKind Kind, uint Offset);

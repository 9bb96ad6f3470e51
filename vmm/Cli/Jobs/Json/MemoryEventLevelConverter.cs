using Dilaton.Core;

namespace Dilaton.Cli;

internal sealed class MemoryEventLevelConverter() : ChoiceConverter<MemoryEventLevel>(JobChoices.Level);

using Dilaton.Models.Memory;

namespace Dilaton.Cli;

internal sealed class WriteMissPolicyConverter() : ChoiceConverter<WriteMissPolicy>(JobChoices.WriteMisses);

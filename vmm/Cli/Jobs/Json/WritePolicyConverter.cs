using Dilaton.Models.Memory;

namespace Dilaton.Cli;

internal sealed class WritePolicyConverter() : ChoiceConverter<WritePolicy>(JobChoices.Writes);

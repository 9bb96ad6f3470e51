using Dilaton.Models.Memory;

namespace Dilaton.Cli;

internal sealed class ReplacementPolicyConverter() : ChoiceConverter<ReplacementPolicy>(JobChoices.Replacement);

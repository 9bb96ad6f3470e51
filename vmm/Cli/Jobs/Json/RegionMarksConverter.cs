namespace Dilaton.Cli;

internal sealed class RegionMarksConverter() : ChoiceConverter<RegionMarks>(JobChoices.RegionMarks);

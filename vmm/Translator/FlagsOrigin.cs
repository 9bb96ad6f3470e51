namespace Dilaton.Translator;

/// <summary>From which loads the status flags come after part of a block.</summary>
/// <param name="Template">As <see cref="RegisterFlow.Template"/>.</param>
/// <param name="Found">As <see cref="RegisterFlow.Found"/>.</param>
/// <param name="IsFound">They are as the block found them.</param>
internal readonly record struct FlagsOrigin(short Template, ushort Found, bool IsFound);

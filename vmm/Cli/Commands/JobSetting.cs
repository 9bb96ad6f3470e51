namespace Dilaton.Cli;

/// <summary>A change to the job from the command line.</summary>
/// <param name="Option">Name of the option, or empty for a path=value argument.</param>
/// <param name="Path">Key of the job that the option stands for.</param>
/// <param name="Value">Its value, or the whole argument.</param>
internal readonly record struct JobSetting(string Option, string Path, string Value);

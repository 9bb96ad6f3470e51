using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>A time dilation factor that holds from a time on.</summary>
internal readonly record struct TdfStep(VirtualDuration From, Ratio Factor);

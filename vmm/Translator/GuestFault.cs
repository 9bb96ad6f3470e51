using Dilaton.Core;

namespace Dilaton.Translator;

/// <summary>What a guest instruction did wrong.</summary>
internal readonly record struct GuestFault(FaultVector Vector, FaultAccess Access, ulong Address);

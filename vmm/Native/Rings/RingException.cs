namespace Dilaton.Native;

/// <summary>The other end of a ring wrote into it what can't be.</summary>
public sealed class RingException(string message) : Exception(message);

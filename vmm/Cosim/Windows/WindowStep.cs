namespace Dilaton.Cosim;

/// <summary>What a <see cref="WindowOperation"/> does next.</summary>
internal enum WindowStep
{
    Exchange,
    Execute,
    Done,
}

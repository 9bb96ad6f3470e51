namespace Dilaton.Cli;

/// <summary>How guest-physical pages are given out.</summary>
internal enum Addressing
{
    FirstTouch,
    Identity,
}

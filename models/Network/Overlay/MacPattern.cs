using System.Diagnostics.CodeAnalysis;

namespace Dilaton.Models.Network;

/// <summary>An address of a route with its qualifier.</summary>
/// <param name="Address">48 bits, the first byte on the wire the highest; 0 if the qualifier takes
/// none.</param>
[SuppressMessage("Naming", "CA1720", Justification = "The grammar's words.")]
public readonly record struct MacPattern(MacQualifier Qualifier, ulong Address)
{
    public static MacPattern Any => new(MacQualifier.Any, 0);

    public static MacPattern Never => new(MacQualifier.None, 0);

    public static MacPattern Exact(ulong address) => new(MacQualifier.Exact, address);

    public static MacPattern Not(ulong address) => new(MacQualifier.Not, address);

    public MatchClass Match(ulong address) => Qualifier switch
    {
        MacQualifier.Exact => address == Address ? MatchClass.Direct : MatchClass.None,
        MacQualifier.Any => MatchClass.Any,
        MacQualifier.Not => address != Address ? MatchClass.Not : MatchClass.None,
        _ => MatchClass.None,
    };

    /// <summary>As the control grammar has it.</summary>
    public override string ToString() => Qualifier switch
    {
        MacQualifier.Exact => EthernetFrame.Format(Address),
        MacQualifier.Any => "any",
        MacQualifier.Not => $"not-{EthernetFrame.Format(Address)}",
        _ => "none",
    };
}

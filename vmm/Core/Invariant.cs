using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Dilaton.Core;

/// <summary>A belief of the program about itself; a broken one ends the run, in Release too.</summary>
public static class Invariant
{
    public static void Require(
        [DoesNotReturnIf(false)] bool claim,
        [CallerArgumentExpression(nameof(claim))] string text = "")
    {
        if (!claim)
        {
            Throw(text);
        }
    }

    [DoesNotReturn]
    private static void Throw(string text) => throw new InvariantException(text);
}

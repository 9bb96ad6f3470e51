namespace Dilaton.Tests.Architecture;

/// <summary>A type or a member body found in a file.</summary>
/// <param name="Kind">Type or function.</param>
/// <param name="Name">The type's name, or the head of the member on one line.</param>
/// <param name="Depth">0 for a type that no other type encloses.</param>
/// <param name="FirstLine">From 1: where the head begins, attributes included.</param>
internal sealed record Declaration(
    DeclarationKind Kind, string Name, int Depth, int FirstLine, int LastLine)
{
    public int LineCount => LastLine - FirstLine + 1;
}

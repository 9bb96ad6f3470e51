namespace Dilaton.Tests.Architecture;

internal enum DeclarationKind
{
    Type,
    Function,
}

namespace Dilaton.Tests.Architecture;

/// <summary>One C# file: as written, and as code alone.</summary>
internal sealed class CSharpFile
{
    private readonly Lazy<string> _code;
    private readonly Lazy<IReadOnlyList<Declaration>> _declarations;

    public CSharpFile(string path)
    {
        Path = path;
        Text = Repository.Read(path);
        Lines = Text.Split('\n');
        _code = new(() => CodeOnly.Of(Text));
        _declarations = new(() => DeclarationScanner.Scan(Code));
    }

    public string Path { get; }

    public string Text { get; }

    public string[] Lines { get; }

    /// <summary>The text with comments and literals blanked; offsets and lines are the same.
    /// </summary>
    public string Code => _code.Value;

    public string[] CodeLines => Code.Split('\n');

    public IReadOnlyList<Declaration> Declarations => _declarations.Value;
}

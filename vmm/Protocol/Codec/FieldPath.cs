namespace Dilaton.Protocol;

/// <summary>Names a field of a list's element, and makes no text of it before it is needed.
/// </summary>
/// <param name="Name">With <c>[]</c> where the index goes: <c>vcpus[].state</c>.</param>
internal readonly record struct FieldPath(string Name, int Index)
{
    public override string ToString() =>
        Name.Replace("[]", $"[{Index}]", StringComparison.Ordinal);
}

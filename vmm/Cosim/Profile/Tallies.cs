namespace Dilaton.Cosim;

/// <summary>Rows of counts that grow; row 0 is of what has no number.</summary>
internal sealed class Tallies(int width)
{
    private ulong[] _counts = new ulong[256 * width];

    public int Count { get; private set; } = 1;

    /// <returns>Number of a new row.</returns>
    public int Add()
    {
        if ((Count + 1) * width > _counts.Length)
        {
            Array.Resize(ref _counts, _counts.Length * 2);
        }

        return Count++;
    }

    /// <summary>HOT: per instruction and miss.</summary>
    public Span<ulong> this[int row] => _counts.AsSpan(row * width, width);
}

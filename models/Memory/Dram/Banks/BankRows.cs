namespace Dilaton.Models.Memory;

/// <summary>The spans of one bank that are not over yet, and the last one: in the order of time.
/// </summary>
internal sealed class BankRows
{
    private RowSpan[] _spans = new RowSpan[4];

    public int Count { get; private set; }

    public ref RowSpan this[int index] => ref _spans[index];

    public ref RowSpan Last => ref _spans[Count - 1];

    public void Add(in RowSpan span)
    {
        if (Count == _spans.Length)
        {
            Array.Resize(ref _spans, Count * 2);
        }

        _spans[Count++] = span;
    }

    /// <summary>Forgets all but the last that are over.</summary>
    public void Forget(long now)
    {
        int over = 0;
        while (over < Count - 1 && _spans[over].Precharge < now)
        {
            over++;
        }

        if (over > 0)
        {
            Array.Copy(_spans, over, _spans, 0, Count - over);
            Count -= over;
        }
    }
}

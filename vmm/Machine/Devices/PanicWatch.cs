namespace Dilaton.Machine;

/// <summary>Reads along what a guest prints, for the line with which Linux says that it panics.</summary>
internal sealed class PanicWatch
{
    private const string Mark = "Kernel panic - not syncing";
    private const int LineMax = 512;

    private readonly System.Text.StringBuilder _line = new();

    /// <summary>What the kernel said; null: no panic yet.</summary>
    public string? Panic { get; private set; }

    public void See(byte value)
    {
        if (value is (byte)'\n' or (byte)'\r')
        {
            Panic ??= Find(_line.ToString());
            _line.Clear();
        }
        else if (_line.Length < LineMax)
        {
            _line.Append(value is >= 32 and < 127 ? (char)value : '?');
        }
    }

    private static string? Find(string line)
    {
        int at = line.IndexOf(Mark, StringComparison.Ordinal);
        return at < 0 ? null : line[at..];
    }
}

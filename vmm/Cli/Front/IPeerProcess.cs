namespace Dilaton.Cli;

/// <summary>A peer that the front started, on this host or another.</summary>
internal interface IPeerProcess : IDisposable
{
    string Name { get; }

    /// <summary>Of the process, for messages.</summary>
    string Where { get; }

    bool HasExited { get; }

    /// <summary>128 + signal if one killed it.</summary>
    int ExitCode { get; }

    /// <summary>The last lines that it wrote, none if it wrote nothing.</summary>
    IReadOnlyList<string> LastLines(int count);

    /// <summary>Waits for its end, then forces it.</summary>
    void End(TimeSpan patience);
}

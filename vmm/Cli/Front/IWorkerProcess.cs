namespace Dilaton.Cli;

/// <summary>A worker as its front sees it, on this host or another.</summary>
internal interface IWorkerProcess : IDisposable
{
    /// <summary>On its host.</summary>
    int ProcessId { get; }

    /// <summary>Readable when there is something to receive; -1 once it is gone.</summary>
    int Descriptor { get; }

    /// <summary>How it was lost with its host; null: it was not.</summary>
    string? Loss { get; }

    /// <summary>It said what no worker says, and is heard no longer.</summary>
    bool IsBroken { get; }

    /// <summary>Takes what has come; waits only if nothing has.</summary>
    /// <returns>False once its end is closed.</returns>
    bool Receive(ICollection<WorkerMessage> messages);

    /// <summary>Asks it to end at the next slice end. Any thread.</summary>
    void RequestStop();

    /// <summary>Tells it one of <see cref="WorkerCommand"/>. Any thread.</summary>
    void Say(string command);

    /// <summary>A peer's process is gone. Any thread.</summary>
    /// <param name="what">One line: its name, a space, and how it ended.</param>
    void TellPeerEnded(string what);

    /// <summary>Ends it at once. Any thread.</summary>
    void Kill();

    /// <returns>Its exit code; 128 + signal if one killed it.</returns>
    int WaitForExit();
}

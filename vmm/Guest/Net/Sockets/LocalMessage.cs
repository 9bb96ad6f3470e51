namespace Dilaton.Guest;

/// <summary>What one send on an AF_UNIX socket put into the receiver's queue.</summary>
/// <param name="Rights">Open files that go with it, each with a reference of its own.</param>
/// <param name="SenderProcessId">For SO_PASSCRED.</param>
internal sealed record LocalMessage(
    byte[] Bytes, LocalSocket Sender, IReadOnlyList<OpenFile> Rights, int SenderProcessId)
{
    /// <summary>Bytes of a stream that were received already.</summary>
    public int Taken { get; set; }

    public int Rest => Bytes.Length - Taken;
}

namespace Dilaton.Guest;

/// <summary>A queue of System V messages.</summary>
internal sealed class MessageQueue : IpcObject
{
    public const int MessageBytesMax = 8192;
    public const int DefaultBytesMax = 16_384;

    public LinkedList<(long Kind, byte[] Bytes)> Messages { get; } = new();

    public ulong BytesMax { get; set; } = DefaultBytesMax;

    public int SenderId { get; set; }

    public int ReceiverId { get; set; }

    public long SendSeconds { get; set; }

    public long ReceiveSeconds { get; set; }

    public WaitQueue Changed { get; } = new();

    public ulong Bytes => (ulong)Messages.Sum(m => (long)m.Bytes.Length);

    /// <summary>The message that msgrcv means by a kind: the first, the first of it, the first that is not of
    /// it, or the first of the lowest up to its negation.</summary>
    public LinkedListNode<(long Kind, byte[] Bytes)>? Choose(long kind, bool isExcept)
    {
        LinkedListNode<(long Kind, byte[] Bytes)>? best = null;
        long most = kind == long.MinValue ? long.MaxValue : -kind;
        for (var node = Messages.First; node is not null; node = node.Next)
        {
            long each = node.Value.Kind;
            if (kind == 0 || (kind > 0 && (each == kind) != isExcept))
            {
                return node;
            }

            if (kind < 0 && each <= most && (best is null || each < best.Value.Kind))
            {
                best = node;
            }
        }

        return best;
    }
}

namespace Dilaton.Guest;

/// <summary>A set of System V semaphores.</summary>
internal sealed class SemaphoreSet : IpcObject
{
    public const int ValueMax = 32_767;

    public required ushort[] Values { get; init; }

    /// <summary>Who changed each last.</summary>
    public required int[] LastProcesses { get; init; }

    public long OperationSeconds { get; set; }

    public WaitQueue Changed { get; } = new();

    /// <summary>Who waits for which to become zero, or to grow.</summary>
    public List<(GuestThread Thread, int Number, bool ForZero)> Waiting { get; } = [];

    /// <summary>Does all of the operations or none.</summary>
    /// <param name="blocking">The first that has to wait, or -1.</param>
    /// <returns>0 or a negated error.</returns>
    public int TryPerform(ReadOnlySpan<SemaphoreOperation> operations, int processId, out int blocking)
    {
        Span<int> values = new int[Values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Values[i];
        }

        blocking = -1;
        for (int i = 0; i < operations.Length; i++)
        {
            ref int value = ref values[operations[i].Number];
            int change = operations[i].Change;
            if (change == 0 ? value != 0 : value + change < 0)
            {
                blocking = i;
                return 0;
            }

            value += change;
            if (value > ValueMax)
            {
                return -Errno.ERANGE;
            }
        }

        foreach (SemaphoreOperation operation in operations)
        {
            LastProcesses[operation.Number] = processId;
        }

        for (int i = 0; i < values.Length; i++)
        {
            Values[i] = (ushort)values[i];
        }

        return 0;
    }

    public int CountWaiting(int number, bool forZero) => Waiting.Count(
        w => w.Number == number && w.ForZero == forZero && w.Thread.State == ThreadState.Blocked);
}

namespace Dilaton.Protocol;

/// <summary>Whether a message is the one that was recorded.</summary>
internal static class ReplayComparison
{
    /// <exception cref="ReplayException">It is not, and how it differs.</exception>
    public static void Require(
        WireRecordingReader recording, WireDirection direction, string partner,
        ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
    {
        if (recording.Direction != direction || recording.Partner != partner)
        {
            Fail(
                recording,
                $"recorded {Describe(recording.Direction, recording.Partner, recording.Header)}, "
                + $"now {Describe(direction, partner, header)}");
        }

        if (RecordedHeader.Difference(recording.Header, header) is string difference)
        {
            Fail(recording, $"{Describe(direction, partner, header)}: {difference}");
        }

        int same = recording.Payload.CommonPrefixLength(payload);
        if (same != payload.Length || same != recording.Payload.Length)
        {
            Fail(
                recording,
                $"{Describe(direction, partner, header)}: frame 1 differs from byte {same} on, "
                + $"recorded {recording.Payload.Length} bytes, now {payload.Length}");
        }
    }

    private static string Describe(
        WireDirection direction, string partner, ReadOnlySpan<byte> header) =>
        $"{RecordedHeader.NameOf(header)} "
        + (direction == WireDirection.ToPeer ? $"to '{partner}'" : $"from '{partner}'");

    private static void Fail(WireRecordingReader recording, string text) =>
        throw new ReplayException(recording.MessageNumber, text);
}

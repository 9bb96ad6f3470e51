using Dilaton.Protocol.Wire;
using Google.Protobuf;

namespace Dilaton.Protocol;

/// <summary>What of a header belongs to the host it was made on, and is therefore neither recorded
/// nor compared: the peer's process id, the ring's path, and, in a comparison, the version of the
/// peer's software.</summary>
internal static class RecordedHeader
{
    private const int TextMax = 600;

    /// <summary>The header of the first message of a direction, fit to be recorded.</summary>
    public static ReadOnlySpan<byte> WithoutHost(ReadOnlySpan<byte> header)
    {
        Envelope? envelope = TryParse(header);
        if (envelope is null || !Clear(envelope))
        {
            return header;
        }

        return envelope.ToByteArray();
    }

    /// <returns>What differs, or null.</returns>
    public static string? Difference(ReadOnlySpan<byte> recorded, ReadOnlySpan<byte> now)
    {
        if (recorded.SequenceEqual(now))
        {
            return null;
        }

        Envelope? before = TryParse(recorded);
        Envelope? after = TryParse(now);
        if (before is null || after is null)
        {
            return "frame 0 differs, and is no protobuf message";
        }

        ClearForComparison(before);
        ClearForComparison(after);
        return before.Equals(after)
            ? null
            : $"frame 0 differs: recorded {Text(before)}, now {Text(after)}";
    }

    public static string NameOf(ReadOnlySpan<byte> header) =>
        TryParse(header)?.BodyCase.ToString() ?? "no message";

    private static bool Clear(Envelope envelope)
    {
        switch (envelope.BodyCase)
        {
            case Envelope.BodyOneofCase.Hello:
                envelope.Hello.ProcessId = 0;
                return true;
            case Envelope.BodyOneofCase.Welcome:
                envelope.Welcome.Ring = "";
                return true;
            default:
                return false;
        }
    }

    private static void ClearForComparison(Envelope envelope)
    {
        Clear(envelope);
        if (envelope.BodyCase == Envelope.BodyOneofCase.Hello)
        {
            envelope.Hello.SoftwareVersion = "";
        }
    }

    private static string Text(Envelope envelope)
    {
        string text = envelope.ToString();
        return text.Length <= TextMax ? text : $"{text.AsSpan(0, TextMax)}...";
    }

    private static Envelope? TryParse(ReadOnlySpan<byte> header)
    {
        try
        {
            return Envelope.Parser.ParseFrom(header);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }
}

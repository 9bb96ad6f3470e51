using System.Globalization;
using System.Text;
using Dilaton.Core;

namespace Dilaton.Machine;

/// <summary>What a guest measures of itself, beside what the same took in virtual time and on the host. Lines of its
/// console tell of it:
/// <code>
/// dilaton: begin NAME                    a measurement begins
/// dilaton: end NAME SECONDS [BYTES]      it took so long by the guest's own clock, and moved so many bytes
/// </code>
/// The other clocks are read when such a line comes. A name has letters, digits and '-', up to 24 of them.
/// </summary>
/// <param name="hostNanoseconds">The host's steady clock.</param>
/// <param name="ranNanoseconds">The host's time for which the machine ran, and was not held.</param>
public sealed class GuestMeasures(Func<long> hostNanoseconds, Func<long> ranNanoseconds) : IStatisticsSource
{
    /// <summary>Different names; further ones are ignored, and counted.</summary>
    internal const int NamesMax = 64;

    private const int NameMax = 24;
    private const int LineMax = 128;
    private const decimal SecondsMax = 1_000_000;
    private const ulong BytesMax = 1UL << 60;
    private const ulong PicosecondsPerSecond = 1_000_000_000_000;
    private const ulong NanosecondsPerSecond = 1_000_000_000;
    private const string Word = "dilaton:";

    private readonly byte[] _line = new byte[LineMax];
    private readonly List<GuestMeasure> _all = [];
    private int _count;
    private ulong _ignored;

    /// <summary>Bytes of the console come.</summary>
    /// <param name="now">Virtual time.</param>
    public void Receive(ReadOnlySpan<byte> bytes, VirtualTime now)
    {
        foreach (byte value in bytes)
        {
            if (value == (byte)'\n')
            {
                Take(_line.AsSpan(0, Math.Min(_count, LineMax)), now);
                _count = 0;
            }
            else
            {
                // What is longer is no such line: its beginning is enough to see that.
                if (_count < LineMax)
                {
                    _line[_count] = value;
                }

                _count = Math.Min(_count + 1, LineMax + 1);
            }
        }
    }

    /// <inheritdoc/>
    public void Collect(StatisticsList list)
    {
        ArgumentNullException.ThrowIfNull(list);
        foreach (GuestMeasure each in _all.Where(each => each.Count > 0))
        {
            list.Count($"{each.Name}.count", each.Count, "Count", "times that the guest measured it");
            list.Quotient(
                $"{each.Name}.guest", each.Guest, PicosecondsPerSecond, "Second",
                "what it took by the guest's own clock, all times together");
            list.Quotient(
                $"{each.Name}.virtual", each.Virtual, PicosecondsPerSecond, "Second", "virtual time that it took");
            list.Quotient(
                $"{each.Name}.ran", each.Ran, NanosecondsPerSecond, "Second",
                "what it took by the host's clock, without what the machine was held for");
            list.Quotient(
                $"{each.Name}.host", each.Host, NanosecondsPerSecond, "Second", "what it took by the host's clock");
            list.Count($"{each.Name}.bytes", each.Bytes, "Byte", "what it moved, as the guest says");
        }

        list.Count("ignored", _ignored, "Count", "lines that begin as a measurement's and are none");
    }

    /// <inheritdoc/>
    public void ResetStatistics()
    {
        _all.RemoveAll(each => !each.IsOpen);
        foreach (GuestMeasure each in _all)
        {
            each.Count = 0;
            each.Guest = each.Virtual = each.Ran = each.Host = each.Bytes = 0;
        }

        _ignored = 0;
    }

    private void Take(ReadOnlySpan<byte> line, VirtualTime now)
    {
        if (!line.StartsWith("dilaton: "u8))
        {
            return;
        }

        HostInstant host = new(hostNanoseconds(), ranNanoseconds());
        string[] words = Encoding.ASCII.GetString(line)
            .Split((char[])[' ', '\r'], StringSplitOptions.RemoveEmptyEntries);
        bool isTaken = words is [Word, "begin", _] ? TryBegin(words[2], now, host)
            : words is [Word, "end", _, _] or [Word, "end", _, _, _] && TryEnd(words, now, host);
        _ignored += isTaken ? 0u : 1;
    }

    private bool TryBegin(string name, VirtualTime now, HostInstant host)
    {
        GuestMeasure? measure = Find(name);
        if (measure is null)
        {
            bool isName = name.Length <= NameMax && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
            if (!isName || _all.Count == NamesMax)
            {
                return false;
            }

            measure = new GuestMeasure(name);
            _all.Add(measure);
        }

        measure.IsOpen = true;
        measure.Begin = now;
        measure.HostBegin = host;
        return true;
    }

    private bool TryEnd(string[] words, VirtualTime now, HostInstant host)
    {
        ulong bytes = 0;
        if (Find(words[2]) is not { IsOpen: true } measure
            || !decimal.TryParse(
                words[3], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal seconds)
            || seconds > SecondsMax
            || (words.Length == 5 && (!ulong.TryParse(
                words[4], NumberStyles.None, CultureInfo.InvariantCulture, out bytes) || bytes > BytesMax)))
        {
            return false;
        }

        measure.IsOpen = false;
        measure.Count++;
        measure.Guest += (ulong)(seconds * PicosecondsPerSecond);
        measure.Virtual += (now - measure.Begin).Picoseconds;
        measure.Ran += (ulong)(host.Ran - measure.HostBegin.Ran);
        measure.Host += (ulong)(host.Steady - measure.HostBegin.Steady);
        measure.Bytes += bytes;
        return true;
    }

    private GuestMeasure? Find(string name) => _all.Find(each => each.Name == name);
}

using System.Globalization;
using System.Runtime.CompilerServices;
using Dilaton.Core;
using Dilaton.Time;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

/// <summary>Runs tests/vectors/issue/*.txt, whose format docs/time.md, "Issue engine", gives.
/// </summary>
public sealed class IssueVectors
{
    public static TheoryData<string> Files
    {
        get
        {
            var files = new TheoryData<string>();
            foreach (string path in Directory.GetFiles(VectorFolder(), "*.txt").Order())
            {
                files.Add(Path.GetFileName(path));
            }

            return files;
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void EveryVectorHolds(string file)
    {
        IssueEngine? engine = null;
        var issued = new List<IssueTicket>();
        int number = 0;
        int checks = 0;
        foreach (string line in File.ReadLines(Path.Combine(VectorFolder(), file)))
        {
            number++;
            string text = line.Split('#')[0].Trim();
            if (text.Length == 0)
            {
                continue;
            }

            string[] sides = text.Split("->");
            string[] words = sides[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words[0] is "engine" or "interval")
            {
                engine = words[0] == "engine" ? Create(words) : CreateInterval(words);
                issued.Clear();
                continue;
            }

            Run(engine!, words, issued).ShouldBe(sides[1].Trim(), $"{file}:{number}: {text}");
            checks++;
        }

        checks.ShouldBeGreaterThan(0);
    }

    private static IssueEngine Create(string[] words) => new(new IssueParameters
    {
        LoadHitCycles = (uint)Number(words[1]),
        StoreBufferEntries = (int)Number(words[2]),
        UnitsPerCycle = Number(words[3]),
    });

    private static IssueEngine CreateInterval(string[] words) => new(new IssueParameters
    {
        LoadHitCycles = 0,
        StoreBufferEntries = (int)Number(words[1]),
        UnitsPerCycle = Number(words[2]),
        Interval = new IntervalParameters
        {
            WindowUnits = Number(words[3]),
            LoadQueueEntries = (int)Number(words[4]),
            MissRegisters = (int)Number(words[5]),
        },
    });

    private static string Dispatch(IssueEngine engine, string[] words, List<IssueTicket> issued)
    {
        var miss = new IssueMiss(
            Number(words[1]), Kind(words[2]), words[3] == "cut", Number(words[4]),
            words[5] == "-" ? IssueMiss.None : Number(words[5]));
        IssueOutcome outcome = engine.Dispatch(miss, out IssueTicket ticket);
        if (outcome != IssueOutcome.Blocked)
        {
            issued.Add(ticket);
        }

        return outcome == IssueOutcome.Issued
            ? $"issued {ticket.AtUnits}"
            : outcome.ToString().ToLowerInvariant();
    }

    private static string Release(IssueEngine engine, List<IssueTicket> issued)
    {
        if (!engine.TryRelease(out IssueTicket ticket))
        {
            return "none";
        }

        issued[(int)ticket.Order] = ticket;
        return $"{ticket.Order} {ticket.AtUnits}";
    }

    private static string Run(IssueEngine engine, string[] words, List<IssueTicket> issued)
    {
        switch (words[0])
        {
            case "miss":
                engine.TryIssue(Number(words[1]), Kind(words[2]), out IssueTicket miss)
                    .ShouldBeTrue();
                engine.Answer(miss, Number(words[3]));
                return $"{miss.AtUnits} {engine.StallUnits}";
            case "issue":
                if (!engine.TryIssue(Number(words[1]), Kind(words[2]), out IssueTicket ticket))
                {
                    return "blocked";
                }

                issued.Add(ticket);
                return $"{ticket.AtUnits} {ticket.Entry}";
            case "dispatch":
                return Dispatch(engine, words, issued);
            case "release":
                return Release(engine, issued);
            case "answer":
                engine.Answer(issued[(int)Number(words[1])], Number(words[2]));
                return $"{engine.StallUnits}";
            default:
                throw new FormatException(words[0]);
        }
    }

    private static ulong Number(string word) => ulong.Parse(word, CultureInfo.InvariantCulture);

    private static MemoryEventKind Kind(string word) =>
        Enum.Parse<MemoryEventKind>(word, ignoreCase: true);

    private static string VectorFolder([CallerFilePath] string file = "") =>
        Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "vectors", "issue");
}

using System.Globalization;
using System.Text;
using Dilaton.Guest;
using Dilaton.Tests.Unit.Guest.Files;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Guest;

/// <summary>docs/system-calls.md says what the handlers' table says. `./test gen` runs this with
/// DILATON_TEST_GENERATE=1, which writes it anew.</summary>
public sealed class SystemCallDocumentTests
{
    private const string Head = """
        # System calls

        What a program guest gets of each system call of x86-64 Linux. This table is made from the one that the node kernel dispatches by; `./test gen` writes it anew.
        `implemented`: as Linux, as far as is known; some hundred cases are compared with native runs
        (`ConformanceTests`). `partial`: what is missing is said. `absent`: the guest gets ENOSYS, and the run says so once (DL0505).

        """;

    [Fact]
    public void Document_IsThatOfTheTable()
    {
        string made = Build(MakeTable());
        string path = Path.Combine(CliFixture.Root(), "docs", "system-calls.md");
        if (Environment.GetEnvironmentVariable("DILATON_TEST_GENERATE") == "1")
        {
            File.WriteAllText(path, made);
            return;
        }

        File.ReadAllText(path).ShouldBe(made, "run ./test gen");
    }

    [Fact]
    public void EveryHandler_HasTheNameOfItsNumber()
    {
        SystemCallTable table = MakeTable();
        for (int number = 0; number < SystemCallTable.NumberMax; number++)
        {
            if (table.Find((ulong)number) is { } entry)
            {
                SystemCallNames.Find((ulong)number).ShouldBe(entry.Name);
            }
        }
    }

    private static SystemCallTable MakeTable()
    {
        using FileSandbox sandbox = new();
        LatePorts ports = new();
        NetworkStack stack = new(null, 1, ports, ports, () => default);
        NodeFileSystem files = new(
            sandbox.Options,
            new FileOrigin(FileSandbox.Epoch, 1, 0, 0),
            sandbox.Streams,
            new NodeNetwork(stack, "node", []));
        SystemCallTable table = new();
        KernelSystemCalls.Register(table);
        FileSystemCalls.Register(table, files);
        new SignalFileCalls(files, new SignalInbox(null!)).Register(table); // No call is made.
        return table;
    }

    private static string Build(SystemCallTable table)
    {
        var rows = new StringBuilder();
        int implemented = 0;
        int partial = 0;
        int absent = 0;
        foreach (int number in SystemCallNames.Numbers)
        {
            SystemCallTable.Entry? entry = table.Find((ulong)number);
            bool isAbsent = entry is null
                || entry.Missing.StartsWith("ENOSYS", StringComparison.Ordinal);
            string status = isAbsent ? "absent"
                : entry!.Missing.Length > 0 ? "partial" : "implemented";
            implemented += status == "implemented" ? 1 : 0;
            partial += status == "partial" ? 1 : 0;
            absent += status == "absent" ? 1 : 0;
            rows.Append(
                CultureInfo.InvariantCulture,
                $"| {number} | `{SystemCallNames.Find((ulong)number)}` | {status} | {entry?.Missing} |\n");
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Head}\n{implemented} implemented, {partial} partial, {absent} absent.\n\n"
            + $"| Number | Call | Status | Missing |\n| --- | --- | --- | --- |\n{rows}");
    }
}

using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using MathNet.Numerics.Statistics;

namespace Dilaton.Cli;

/// <summary>A calibration for people and for programs, and its machine as a file.</summary>
internal static class CalibrationText
{
    public const string Version = "dilaton-calibration/v1";

    /// <summary>From this spread on the host is called noisy.</summary>
    private const double Noisy = 0.05;

    private static readonly string[] s_levels = ["L1", "L2", "L3"];

    public static string Of(CalibrationResult result)
    {
        StringBuilder text = new();
        HostSamples samples = result.Samples;
        FittedMachine machine = result.Machine;
        Line(text, $"calibration of dilaton {ToolVersion.Text} ({ToolVersion.Commit})");
        Line(text, $"{Host()}");
        Line(text, $"{Noise(result)}\n");
        Line(text, $"fitted, a core of kind {Word(machine.Kind)}:");
        Line(text, $"  clock             {machine.Gigahertz,9:0.000} GHz      # additions in a chain");
        for (int i = 0; i < machine.Caches.Count; i++)
        {
            FittedLevel level = machine.Caches[i];
            int cycles = machine.Cycles(i);
            Line(text, $"  {s_levels[i]}                {level.Bytes / 1024,9:0} KiB      # {cycles} cycles, chased");
        }

        Line(text, $"  memory            {machine.MemoryNanoseconds,9:0.0} ns       # a load in a chase");
        Line(text, $"  bandwidth         {machine.Bandwidth,9:0.00} GB/s     # a stream of reads, one core");
        Line(text, $"  width             {machine.Width,9} a cycle  # instructions that wait for nothing");
        Line(text, $"  misses at once    {machine.Mshrs,9}          # chases side by side");
        Line(text, $"  lines fetched     {machine.Prefetch,9} ahead    # of a stream, in order only");
        Line(text, $"  CPI               {machine.Cpi,9:0.000}          # least squares over the programs below\n");
        Line(text, $"measured, and no parameter of the model, which has one CPI for all instructions:");
        foreach ((string kind, double nanoseconds) in samples.Others)
        {
            Line(text, $"  {kind,-16}  {nanoseconds * machine.Gigahertz,9:0.0} cycles");
        }

        Table(text, "programs that the CPI was fitted to", result.Fitted);
        Table(text, "programs that nothing was fitted to", result.HeldOut);
        Line(text, $"\nmean error of those: {100 * result.MeanError:0.0} %");
        return text.ToString();
    }

    /// <summary>A file for `--machine`, or part of a job file.</summary>
    public static string MachineFile(CalibrationResult result) =>
        $"# Fitted by dilaton {ToolVersion.Text}, calibrate, to: {Host()}.\n"
        + string.Create(
            CultureInfo.InvariantCulture,
            $"# Mean error of programs that nothing was fitted to: {100 * result.MeanError:0.0} %.\n")
        + result.Machine.Yaml("");

    public static string Json(CalibrationResult result)
    {
        FittedMachine machine = result.Machine;
        return new JsonObject
        {
            ["schema"] = Version,
            ["dilaton"] = ToolVersion.Text,
            ["commit"] = ToolVersion.Commit,
            ["host"] = Host(),
            ["spreadMedian"] = result.Spreads.Median(),
            ["spreadMax"] = result.Spreads.Max(),
            ["meanError"] = result.MeanError,
            ["core"] = Word(machine.Kind),
            ["gigahertz"] = machine.Gigahertz,
            ["cpi"] = machine.Cpi,
            ["width"] = machine.Width,
            ["mshrs"] = machine.Mshrs,
            ["prefetch"] = machine.Prefetch,
            ["memoryNs"] = machine.MemoryNanoseconds,
            ["gigabytesPerSecond"] = machine.Bandwidth,
            ["caches"] = new JsonArray([.. machine.Caches.Select((level, i) => (JsonNode)new JsonObject
            {
                ["bytes"] = level.Bytes,
                ["nanoseconds"] = level.Nanoseconds,
                ["cycles"] = machine.Cycles(i),
            })]),
            ["othersNs"] = new JsonObject(result.Samples.Others.Select(
                each => KeyValuePair.Create(each.Class, (JsonNode?)each.Nanoseconds))),
            ["fitted"] = Programs(result.Fitted),
            ["heldOut"] = Programs(result.HeldOut),
            ["machine"] = machine.Yaml(""),
        }.ToJsonString(PrettyJson.Options) + "\n";
    }

    private static JsonArray Programs(IReadOnlyList<ProgramError> programs) =>
        new([.. programs.Select(program => (JsonNode)new JsonObject
        {
            ["program"] = program.Program,
            ["nativeNs"] = program.Native,
            ["spread"] = program.Spread,
            ["virtualNs"] = program.Virtual,
            ["error"] = program.Error,
        })]);

    private static void Table(StringBuilder text, string title, IReadOnlyList<ProgramError> programs)
    {
        Line(text, $"\n{title}:");
        Line(text, $"  {"",-16}{"native",12}{"spread",9}{"here",12}{"error",9}");
        foreach (ProgramError program in programs)
        {
            (double native, double here) = (program.Native / 1e6, program.Virtual / 1e6);
            (double spread, double error) = (100 * program.Spread, 100 * program.Error);
            string name = program.Program;
            Line(text, $"  {name,-16}{native,9:0.000} ms{spread,7:0.0} %{here,9:0.000} ms{error,7:+0.0;-0.0} %");
        }
    }

    private static string Noise(CalibrationResult result)
    {
        double middle = result.Spreads.Median(), most = result.Spreads.Max();
        string spread = string.Create(
            CultureInfo.InvariantCulture,
            $"spread of repeats (between quartiles, of the median): {100 * middle:0.0} %, at most {100 * most:0.0} %");
        return most < Noisy
            ? spread
            : $"{spread}\na noisy host: others use its caches and memory, and no error is surer than these";
    }

    private static string Host() => $"{EnvironmentReport.CpuModel()}, {RuntimeInformation.OSDescription}"
        + (IsVirtual() ? ", a virtual machine" : "");

    /// <summary>CPUID's hypervisor bit, as Linux tells it.</summary>
    private static bool IsVirtual()
    {
        try
        {
            return File.ReadLines("/proc/cpuinfo").Any(line =>
                line.StartsWith("flags", StringComparison.Ordinal)
                && line.Contains(" hypervisor", StringComparison.Ordinal));
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static string Word(CoreModelKind kind) => kind == CoreModelKind.Interval ? "interval" : "inorder";

    private static void Line(StringBuilder text, FormattableString line) =>
        text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}

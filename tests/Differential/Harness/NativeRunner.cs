using System.Diagnostics;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace Dilaton.Tests.Differential;

/// <summary>Runs test cases on the real CPU, in a helper process of its own
/// (native/native_runner.c, built here with gcc), in batches through a shared file.</summary>
internal sealed unsafe class NativeRunner : IDisposable
{
    private const int ControlBytes = 4096;
    private const int RegionBytes = 24;
    private const int CaseHeaderBytes = (2 * CpuState.SizeBytes) + (8 * 8);
    private const int BatchMax = 32;

    /// <summary>Tests that run at once build it once.</summary>
    private static readonly Lazy<string> s_program = new(Build);

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _base;
    private readonly Process _process;
    private readonly int _logCapacity;
    private readonly int _logOffset;
    private readonly int _stride;

    public NativeRunner(int stepMax = TestCase.DefaultStepMax)
    {
        _logCapacity = stepMax + 1;
        _logOffset = CaseHeaderBytes + (2 * TestLayout.ImageBytes);
        _stride = (_logOffset + (_logCapacity * CpuState.SizeBytes) + 4095) & ~4095;
        string path = Path.Combine(
            Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(),
            "native_runner." + Path.GetRandomFileName());
        long size = ControlBytes + ((long)_stride * BatchMax);
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.CreateNew, null, size);
        _view = _file.CreateViewAccessor();
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _base);
        WriteControl();
        ProcessStartInfo start = new(s_program.Value, [path])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        _process = Process.Start(start)!;
        RunBatch(0);
        File.Delete(path);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.StandardInput.Close();
            _process.WaitForExit();
        }

        _process.Dispose();
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }

    public NativeResult Run(TestCase test, bool isSingleStep) =>
        Run([test], isSingleStep)[0];

    public NativeResult[] Run(IReadOnlyList<TestCase> tests, bool isSingleStep)
    {
        NativeResult[] results = new NativeResult[tests.Count];
        for (int from = 0; from < tests.Count; from += BatchMax)
        {
            int count = Math.Min(BatchMax, tests.Count - from);
            for (int i = 0; i < count; i++)
            {
                Store(tests[from + i], i, isSingleStep);
            }

            RunBatch(count);
            for (int i = 0; i < count; i++)
            {
                results[from + i] = Load(i, isSingleStep);
            }
        }

        return results;
    }

    private static string Build()
    {
        string source = Path.Combine(AppContext.BaseDirectory, "native", "native_runner.c");
        string program = Path.Combine(AppContext.BaseDirectory, "native_runner");
        if (File.Exists(program)
            && File.GetLastWriteTimeUtc(program) >= File.GetLastWriteTimeUtc(source))
        {
            return program;
        }

        string temporary = $"{program}.{Environment.ProcessId}";
        using Process compiler = Process.Start(new ProcessStartInfo("gcc",
        [
            "-O1", "-Wall", "-Wextra", "-Werror", "-static-pie", "-nostdlib", "-ffreestanding",
            "-fno-stack-protector", "-fvisibility=hidden", "-mfsgsbase",
            "-fno-asynchronous-unwind-tables", "-o", temporary, source,
        ]))!;
        compiler.WaitForExit();
        if (compiler.ExitCode != 0)
        {
            throw new InvalidOperationException($"gcc failed on {source}: {compiler.ExitCode}");
        }

        File.Move(temporary, program, overwrite: true);
        return program;
    }

    private void WriteControl()
    {
        ulong* control = (ulong*)_base;
        control[1] = (ulong)_stride;
        control[2] = (ulong)TestLayout.ImageBytes;
        control[3] = (ulong)_logOffset;
        control[4] = (ulong)_logCapacity;
        control[5] = (ulong)TestLayout.Regions.Length;
        for (int i = 0; i < TestLayout.Regions.Length; i++)
        {
            ulong* region = control + 6 + (i * RegionBytes / 8);
            region[0] = TestLayout.Regions[i].Start;
            region[1] = (ulong)TestLayout.Regions[i].SizeBytes;
            region[2] = (ulong)TestLayout.Regions[i].Protection;
        }
    }

    private void RunBatch(int count)
    {
        *(ulong*)_base = (ulong)count;
        Stream input = _process.StandardInput.BaseStream;
        input.WriteByte(1);
        input.Flush();
        if (_process.StandardOutput.BaseStream.ReadByte() < 0)
        {
            _process.WaitForExit();
            throw new NativeRunnerDiedException(_process.ExitCode);
        }
    }

    private byte* CaseAt(int index) => _base + ControlBytes + ((long)index * _stride);

    private void Store(TestCase test, int index, bool isSingleStep)
    {
        byte* at = CaseAt(index);
        test.Begin.Write(new Span<byte>(at, CpuState.SizeBytes));
        ulong* fields = (ulong*)(at + (2 * CpuState.SizeBytes));
        fields[0] = isSingleStep ? 1UL : 0;
        fields[1] = (ulong)Math.Min(test.StepMax, _logCapacity - 1);
        fields[2] = test.CodeIsWritable ? 1UL : 0;
        test.Image.CopyTo(new Span<byte>(at + CaseHeaderBytes, TestLayout.ImageBytes));
    }

    private NativeResult Load(int index, bool isSingleStep)
    {
        byte* at = CaseAt(index);
        ulong* fields = (ulong*)(at + (2 * CpuState.SizeBytes));
        CpuState end = CpuState.Parse(new ReadOnlySpan<byte>(
            at + CpuState.SizeBytes, CpuState.SizeBytes));
        int signal = (int)fields[4];
        bool isBreakpoint = signal == NativeResult.Sigtrap && fields[5] == 3;
        if (isBreakpoint)
        {
            end.Registers.Rip--;
        }

        int count = isSingleStep ? (int)fields[3] + (signal == 0 ? 0 : 1) : 0;
        CpuState[] steps = new CpuState[count];
        for (int i = 0; i < count; i++)
        {
            steps[i] = CpuState.Parse(new ReadOnlySpan<byte>(
                at + _logOffset + ((long)i * CpuState.SizeBytes), CpuState.SizeBytes));
        }

        if (isBreakpoint && count > 0)
        {
            // The instruction may have prefixes, or be CD 03.
            end.Registers.Rip = steps[^1].Rip;
        }

        return new NativeResult
        {
            End = end,
            Steps = steps,
            Signal = signal,
            Vector = (int)fields[5],
            ErrorCode = (int)fields[6],
            FaultAddress = fields[7],
            Image = new ReadOnlySpan<byte>(
                at + CaseHeaderBytes + TestLayout.ImageBytes, TestLayout.ImageBytes).ToArray(),
        };
    }
}

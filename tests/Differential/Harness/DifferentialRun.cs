using Dilaton.Core;
using Dilaton.Translator;

namespace Dilaton.Tests.Differential;

/// <summary>Runs cases natively and translated in many setups, and reports what differs. Before a
/// case runs translated its name is written, so that whoever reads the output of a process that
/// died knows where.</summary>
internal sealed class DifferentialRun : IDisposable
{
    private const int BatchMax = 32;
    private NativeRunner _native = new();
    private readonly TestAddressSpace _space = new();
    private readonly Dictionary<(int, bool), TranslatedRunner> _engines = [];
    private readonly Differ _differ = new();
    private readonly EngineSetup[] _setups;
    private readonly TextWriter _output;
    private readonly List<TestCase> _batch = [];

    public DifferentialRun(EngineSetup[] setups, TextWriter output)
    {
        _setups = setups;
        _output = output;
    }

    /// <summary>Whether the native run is a yardstick; where not, only that the engine comes back
    /// is asked.</summary>
    public Func<TestCase, NativeResult, bool> IsComparable { get; set; } = (_, _) => true;

    public int Cases { get; private set; }

    public int Compared { get; private set; }

    public int Failures { get; private set; }

    public void Add(TestCase test)
    {
        _batch.Add(test);
        if (_batch.Count == BatchMax)
        {
            Flush();
        }
    }

    public void Flush()
    {
        try
        {
            NativeResult[] natives = _native.Run(_batch, isSingleStep: true);
            for (int i = 0; i < natives.Length; i++)
            {
                Compare(_batch[i], natives[i]);
            }
        }
        catch (NativeRunnerDiedException)
        {
            FlushOneByOne();
        }

        _batch.Clear();
    }

    /// <summary>Hostile code may break the native helper; then it is no yardstick.</summary>
    private void FlushOneByOne()
    {
        foreach (TestCase test in _batch)
        {
            _native.Dispose();
            _native = new NativeRunner();
            try
            {
                Compare(test, _native.Run(test, isSingleStep: true));
            }
            catch (NativeRunnerDiedException e)
            {
                _output.Write($"no yardstick for {test.Name}: {e.Message}\n");
            }
        }
    }

    public void Dispose()
    {
        foreach (TranslatedRunner runner in _engines.Values)
        {
            runner.Dispose();
        }

        _space.Dispose();
        _native.Dispose();
    }

    private void Compare(TestCase test, NativeResult native)
    {
        _differ.Begin(test, native);
        if (_differ.IsUnfit || (native.EndedByStepLimit && test.CodeIsWritable))
        {
            return;
        }

        Cases++;
        bool isCompared = IsComparable(test, native);
        Compared += isCompared ? 1 : 0;
        foreach (EngineSetup setup in _setups)
        {
            _output.Write($"@ {test.Name} [{setup.Name}]\n");
            _output.Flush();
            string difference = Run(test, native, setup, isCompared);
            if (difference.Length > 0)
            {
                Failures++;
                _output.Write($"DIFFERS {test.Name} [{setup.Name}]: native, translated\n"
                    + $"{test.Disassemble(40)}{difference}\n");
            }
        }
    }

    private string Run(TestCase test, NativeResult native, EngineSetup setup, bool isCompared)
    {
        TranslatedRunner runner = RunnerOf(setup);
        ulong instructionsMax = native.EndedByStepLimit
            ? _differ.Instructions
            : _differ.Instructions + 1000;
        try
        {
            runner.SetEvents(setup.Level, setup.Cost);
            TranslatedResult result = runner.Run(
                test, setup.Budgets, instructionsMax,
                keepBoundaries: setup.Budgets[0] != int.MaxValue);
            return isCompared ? _differ.Difference(setup, result) : result.Violations;
        }
        catch (Exception e) when (e is not NativeRunnerDiedException)
        {
            _engines.Remove(setup.EngineKey);
            runner.Dispose();
            return $"  {e.GetType().Name}: {e.Message}\n{e.StackTrace}\n";
        }
    }

    private TranslatedRunner RunnerOf(EngineSetup setup)
    {
        if (!_engines.TryGetValue(setup.EngineKey, out TranslatedRunner? runner))
        {
            TranslatorOptions options = new()
            {
                VcpuCount = 1,
                BlockInstructionsMax = setup.BlockInstructionsMax,
                InlineCalls = setup.InlineCalls,
                CodeCacheBytes = 4 << 20,
            };
            runner = new TranslatedRunner(_space, options);
            _engines.Add(setup.EngineKey, runner);
        }

        return runner;
    }
}

using Dilaton.Core;
using Dilaton.Time;

namespace Dilaton.Cosim;

/// <summary>Where a node's time goes: counts by place of the code, and of misses also by what they
/// missed. Exact: each instruction, access and stall is counted where it was. It covers the whole run;
/// marks that reset statistics leave it alone.
/// <code>
///   engine ── Ran, records with places ──> this <── Stalled(origin) ── true issue engine
///                                            │
///                      origin = (place, region of the address), of a miss
/// </code></summary>
public sealed class NodeProfile : ICodeProfile, IStallSink
{
    private const int Instructions = 0;
    private const int HitUnits = 1;
    private const int Loads = 2;
    private const int Stores = 3;
    private const int Kernel = 4;
    private const int Mispredictions = 5;
    private const int PlaceWidth = 6;

    private static readonly (StallCause Cause, string Name, string What)[] s_causes =
    [
        (StallCause.Fetch, "fetch", "stall for instruction fetches"),
        (StallCause.Second, "l2", "stall for data that L2 had"),
        (StallCause.Third, "l3", "stall for data that L3 or another core had"),
        (StallCause.Memory, "memory", "stall for data from behind the caches"),
        (StallCause.StoreBuffer, "storeBuffer", "stall for room in the store buffer"),
        (StallCause.Branch, "branch", "stall for mispredicted branches, and refilling the front end"),
        (StallCause.Tlb, "tlb", "stall for translations of data addresses"),
    ];

    private readonly ulong _unitsPerInstruction;
    private readonly bool _hasData;
    private readonly bool _hasBranches;
    private readonly (StallCause Cause, string Name, string What)[] _causes;
    private readonly List<CodePlace> _places = [default];
    private readonly Dictionary<CodePlace, int> _numbers = [];
    private readonly Tallies _ran = new(PlaceWidth);
    private readonly List<(int Place, int Region)> _origins = [default];
    private readonly Dictionary<(int Place, int Region), int> _originNumbers = [];
    private readonly List<DataRegion> _regions = [default];
    private readonly List<(ulong Low, ulong High)> _extents = [default];
    private readonly Dictionary<DataRegion, int> _regionNumbers = [];
    private readonly VcpuTurn[] _turns;
    private readonly ulong[][] _told;
    private readonly Dictionary<int, (ulong Count, ulong Bytes)> _allocated = [];
    private Tallies _missed;
    private IMissCounts? _counts;
    private ulong[] _now = [];

    /// <param name="hasData">Misses are told apart by address, too.</param>
    /// <param name="hasBranches">Branches are predicted.</param>
    public NodeProfile(int vcpuCount, ulong unitsPerInstruction, bool hasData, bool hasBranches)
    {
        _unitsPerInstruction = unitsPerInstruction;
        _hasData = hasData;
        _hasBranches = hasBranches;
        _causes = [.. s_causes.Where(cause => hasBranches || cause.Cause != StallCause.Branch)];
        _missed = new Tallies(StallStack.Causes);
        _turns = new VcpuTurn[vcpuCount];
        _told = new ulong[vcpuCount][];
        for (int i = 0; i < vcpuCount; i++)
        {
            _turns[i] = new VcpuTurn();
            _told[i] = [];
        }
    }

    /// <summary>Who sees the program allocate; null: nobody.</summary>
    internal AllocationSites? Allocations { get; set; }

    /// <summary>Columns of stall that misses and mispredictions cause, if there are any.</summary>
    internal static IEnumerable<(StallCause Cause, string Name)> Causes =>
        s_causes.Select(cause => (cause.Cause, cause.Name));

    private int MissNames => _counts?.MissNames.Count ?? 0;

    /// <summary>Takes the misses of these caches. Before the run.</summary>
    public void Attach(IMissCounts counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        _counts = counts;
        _now = new ulong[counts.MissNames.Count];
        _missed = new Tallies(StallStack.Causes + _now.Length);
        Rebase();
    }

    /// <summary>The caches' counts have been set to zero.</summary>
    public void Rebase()
    {
        for (int i = 0; i < _told.Length && _counts is not null; i++)
        {
            _told[i] = new ulong[_now.Length];
            _counts.ReadMisses(new VcpuId(i), _told[i]);
        }
    }

    /// <inheritdoc/>
    public int PlaceOf(IGuestAddressSpace space, ulong rip)
    {
        ArgumentNullException.ThrowIfNull(space);
        if (!space.TryFindMapping(rip, out GuestMapping mapping) || mapping.File is not { } file)
        {
            return NumberOf(new CodePlace(null, rip));
        }

        int number = NumberOf(new CodePlace(file, mapping.FileOffset));
        Allocations?.FileSeen(space, file, rip, mapping.FileOffset);
        return number;
    }

    /// <inheritdoc/>
    public void Ran(VcpuId vcpu, ReadOnlySpan<PlaceCost> instructions)
    {
        VcpuTurn turn = _turns[vcpu.Index];
        for (int i = 0; i < instructions.Length; i++)
        {
            Add(instructions[i], 1);
        }

        if (instructions.Length > 0)
        {
            turn.LastPlace = instructions[^1].Place;
            turn.Add(instructions);
        }
    }

    /// <inheritdoc/>
    public void Spent(int place, uint units) => _ran[place][HitUnits] += units;

    /// <inheritdoc/>
    public void Stalled(int origin, StallCause cause, ulong units) => _missed[origin][(int)cause] += units;

    /// <summary>A look at a loop begins: what runs from now on is its turn.</summary>
    internal void BeginTurn(VcpuId vcpu) => _turns[vcpu.Index].Begin();

    /// <summary>The look is over.</summary>
    internal void EndTurn(VcpuId vcpu) => _turns[vcpu.Index].End();

    /// <summary>The turn that was looked at last would have run so often.</summary>
    internal void Repeat(VcpuId vcpu, ulong count)
    {
        foreach (PlaceCost cost in _turns[vcpu.Index].Costs)
        {
            Add(cost, count);
        }
    }

    /// <summary>The kernel worked for where the vCPU stands.</summary>
    internal void AddKernel(VcpuId vcpu, ulong units) => AddKernel(_turns[vcpu.Index].LastPlace, units);

    internal void AddKernel(int place, ulong units) => _ran[place][Kernel] += units;

    /// <summary>The origin of misses of an access, with what the caches have counted for it. HOT: per
    /// access that misses.</summary>
    internal int Missed(VcpuId vcpu, int place, IGuestAddressSpace? space, ulong address)
    {
        int origin = OriginOf(place, _hasData && space is not null ? RegionOf(space, address) : 0);
        CountMisses(vcpu, origin);
        return origin;
    }

    /// <summary>The origin of a misprediction. HOT: per misprediction.</summary>
    internal int Mispredicted(int place)
    {
        _ran[place][Mispredictions]++;
        return OriginOf(place, 0);
    }

    /// <summary>Origin of what the kernel did.</summary>
    internal int MissedInKernel(VcpuId vcpu) => Missed(vcpu, _turns[vcpu.Index].LastPlace, null, 0);

    /// <param name="totals">By the names of the columns; those that are missing have none.</param>
    internal ProfileTable ToTable(ulong unitsPerCycle, IReadOnlyDictionary<string, ulong> totals)
    {
        List<ProfileColumn> columns = Columns();
        var rows = new ulong[_places.Count][];
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = new ulong[columns.Count];
            FillRan(_ran[i], rows[i]);
        }

        var data = new ulong[_regions.Count][];
        for (int i = 0; i < data.Length; i++)
        {
            data[i] = new ulong[columns.Count];
        }

        for (int i = 0; i < _origins.Count; i++)
        {
            AddMissed(_missed[i], rows[_origins[i].Place]);
            AddMissed(_missed[i], data[_origins[i].Region]);
        }

        var sums = new ulong[columns.Count];
        foreach (ulong[] row in rows)
        {
            row[1] = Cycles(row);
            for (int k = 0; k < sums.Length; k++)
            {
                sums[k] = checked(sums[k] + row[k]);
            }
        }

        foreach (ulong[] row in data)
        {
            row[1] = Cycles(row);
        }

        var all = new ulong[columns.Count];
        var rest = new long[columns.Count];
        for (int k = 0; k < all.Length; k++)
        {
            all[k] = totals.TryGetValue(columns[k].Name, out ulong total) ? total : sums[k];
            rest[k] = checked((long)all[k] - (long)sums[k]) + (long)rows[0][k];
        }

        return new ProfileTable
        {
            Columns = columns,
            Rows = [.. Enumerable.Range(1, rows.Length - 1)
                .Where(i => rows[i].Any(value => value != 0))
                .Select(i => new ProfileRow(_places[i], rows[i]))],
            Data = [.. Enumerable.Range(1, data.Length - 1).Select(i => new DataRow(
                _regions[i],
                _extents[i].Low,
                _extents[i].High,
                _regions[i].Place == 0 ? null : _places[_regions[i].Place],
                data[i])
            {
                Allocations = _allocated.GetValueOrDefault(_regions[i].Place),
            })],
            Rest = rest,
            Totals = all,
            UnitsPerCycle = unitsPerCycle,
        };
    }

    /// <summary>A place asked for memory, and got it.</summary>
    internal void CountAllocation(int place, ulong bytes)
    {
        (ulong count, ulong sum) = _allocated.GetValueOrDefault(place);
        _allocated[place] = (count + 1, unchecked(sum + bytes));
    }

    private int OriginOf(int place, int region)
    {
        if (!_originNumbers.TryGetValue((place, region), out int origin))
        {
            origin = _missed.Add();
            _origins.Add((place, region));
            _originNumbers.Add((place, region), origin);
        }

        return origin;
    }

    private int NumberOf(CodePlace place)
    {
        if (!_numbers.TryGetValue(place, out int number))
        {
            number = _ran.Add();
            _places.Add(place);
            _numbers.Add(place, number);
        }

        return number;
    }

    private void Add(in PlaceCost cost, ulong count)
    {
        Span<ulong> row = _ran[cost.Place];
        row[Instructions] += count;
        row[HitUnits] += count * (cost.Units - _unitsPerInstruction);
        row[Loads] += count * cost.Loads;
        row[Stores] += count * cost.Stores;
    }

    private int RegionOf(IGuestAddressSpace space, ulong address)
    {
        DataRegion region = Allocations is not null && Allocations.TryFind(space, address, out int place)
            ? new DataRegion(DataRegion.Allocation, null, place)
            : DataRegion.Of(space, address);
        if (!_regionNumbers.TryGetValue(region, out int number))
        {
            number = _regions.Count;
            _regions.Add(region);
            _extents.Add((address, address));
            _regionNumbers.Add(region, number);
        }

        (ulong low, ulong high) = _extents[number];
        _extents[number] = (Math.Min(low, address), Math.Max(high, address));
        return number;
    }

    private void CountMisses(VcpuId vcpu, int origin)
    {
        if (_counts is null)
        {
            return;
        }

        _counts.ReadMisses(vcpu, _now);
        ulong[] told = _told[vcpu.Index];
        Span<ulong> row = _missed[origin][StallStack.Causes..];
        for (int i = 0; i < told.Length; i++)
        {
            row[i] += checked(_now[i] - told[i]);
            told[i] = _now[i];
        }
    }

    private List<ProfileColumn> Columns()
    {
        List<ProfileColumn> columns =
        [
            new("instructions", false, "instructions that ran"),
            new("cycles", true, "all of what follows"),
            new("executed", true, "instructions at their CPI"),
            new("l1", true, "stall for L1 hits"),
            .. _causes.Select(cause => new ProfileColumn(cause.Name, true, cause.What)),
            new("window", true, "stall for accesses to windows"),
            new("kernel", true, "system calls, page faults, copies"),
            new("waiting", true, "idle"),
            new("loads", false, "accesses that read"),
            new("stores", false, "accesses that write"),
        ];
        if (_hasBranches)
        {
            columns.Add(new("mispredictions", false, "branches that were predicted wrong"));
        }

        columns.AddRange((_counts?.MissNames ?? []).Select(name =>
            new ProfileColumn(name, false, "demand misses of the level")));
        return columns;
    }

    private void FillRan(ReadOnlySpan<ulong> counts, Span<ulong> row)
    {
        int kernel = 4 + _causes.Length + 1;
        row[0] = counts[Instructions];
        row[2] = checked(counts[Instructions] * _unitsPerInstruction);
        row[3] = counts[HitUnits];
        row[kernel] = counts[Kernel];
        row[kernel + 2] = counts[Loads];
        row[kernel + 3] = counts[Stores];
        if (_hasBranches)
        {
            row[kernel + 4] = counts[Mispredictions];
        }
    }

    private void AddMissed(ReadOnlySpan<ulong> counts, Span<ulong> row)
    {
        for (int i = 0; i < _causes.Length; i++)
        {
            row[4 + i] += counts[(int)_causes[i].Cause];
        }

        int first = 4 + _causes.Length + 5 + (_hasBranches ? 1 : 0);
        for (int i = 0; i < MissNames; i++)
        {
            row[first + i] += counts[StallStack.Causes + i];
        }
    }

    private ulong Cycles(ReadOnlySpan<ulong> row)
    {
        ulong sum = 0;
        for (int k = 2; k < 4 + _causes.Length + 3; k++)
        {
            sum = checked(sum + row[k]);
        }

        return sum;
    }
}

using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Translator;

/// <summary>What is known of the translations of one generation. Only grows, until all is dropped.
/// </summary>
internal sealed class TranslationTables : IDisposable
{
    private const int Capacity = 2 << 20;

    /// <summary>More than any one block adds to a table.</summary>
    private const int BlockMax = 16 << 10;

    private readonly GrowingTable<TranslationBlock> _blocks = new(Capacity);
    private readonly GrowingTable<InstructionEntry> _entries = new(Capacity);
    private readonly GrowingTable<AccessTemplate> _templates = new(Capacity);
    private readonly GrowingTable<BlockPath> _paths = new(Capacity);
    private readonly GrowingTable<ProducerFlow> _flows = new(Capacity);
    private readonly GrowingTable<BranchSite> _branches = new(Capacity);
    private readonly GrowingTable<BranchSpan> _spans = new(Capacity);
    private readonly GrowingTable<ExitSite> _sites = new(Capacity);

    public Span<AccessTemplate> Templates => _templates.Items;

    public Span<BlockPath> Paths => _paths.Items;

    public int EntryCount => _entries.Count;

    public int TemplateCount => _templates.Count;

    public int PathCount => _paths.Count;

    /// <summary>There is room for any one block.</summary>
    public bool HasRoom => Math.Max(
        Math.Max(_entries.Count, _templates.Count), Math.Max(_paths.Count, _sites.Count))
            <= Capacity - BlockMax;

    public ref readonly ExitSite Site(uint number) => ref _sites[(int)number];

    public ref readonly InstructionEntry Entry(int index) => ref _entries[index];

    public void Forget()
    {
        _blocks.Clear();
        _entries.Clear();
        _templates.Clear();
        _paths.Clear();
        _flows.Clear();
        _branches.Clear();
        _spans.Clear();
        _sites.Clear();
    }

    public uint Add(in ExitSite site) => (uint)_sites.Add(site);

    public void Add(in TranslationBlock block) => _blocks.Add(block);

    public void Add(in InstructionEntry entry) => _entries.Add(entry);

    public int Add(in AccessTemplate template) => _templates.Add(template);

    public int BranchCount => _branches.Count;

    public ReadOnlySpan<BranchSite> Branches => _branches.Items;

    public int Add(in BranchSite branch) => _branches.Add(branch);

    /// <summary>Adds a path, what it does to the registers, and its branches.</summary>
    /// <param name="flow">Null: of no path; else all have one.</param>
    /// <param name="branches">Likewise.</param>
    public int Add(in BlockPath path, in RegisterFlow? flow, in BranchSpan? branches)
    {
        int number = _paths.Add(path);
        Invariant.Require(flow is null
            || _flows.Add(flow.Value.ToProducers(_templates.Items[path.FirstTemplate..])) == number);
        Invariant.Require(branches is null || _spans.Add(branches.Value) == number);
        return number;
    }

    /// <summary>Of every path, if of any.</summary>
    public ReadOnlySpan<ProducerFlow> Flows => _flows.Items;

    public ref readonly ProducerFlow Flow(int path) => ref _flows[path];

    public ref readonly BranchSpan BranchesOf(int path) => ref _spans[path];

    public void SetExtraSpills(int entry, ushort registers) =>
        _entries[entry].ExtraSpills |= registers;

    /// <summary>The block whose host code holds the offset. Blocks lie in order.</summary>
    public ref readonly TranslationBlock BlockAt(uint hostOffset)
    {
        int low = 0;
        int high = _blocks.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (_blocks[middle].HostStart <= hostOffset)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        ref readonly TranslationBlock block = ref _blocks[low];
        Invariant.Require(
            _blocks.Count > 0 && hostOffset >= block.HostStart && hostOffset < block.HostEnd);
        return ref block;
    }

    /// <summary>Index within the block of the instruction whose host code holds the offset.
    /// </summary>
    public int InstructionAt(in TranslationBlock block, uint hostOffset)
    {
        int found = -1;
        for (int i = 0; i < block.EntryCount; i++)
        {
            if (_entries[block.FirstEntry + i].HostStart <= hostOffset)
            {
                found = i;
            }
        }

        Invariant.Require(found >= 0);
        return found;
    }

    public void Dispose()
    {
        _blocks.Dispose();
        _entries.Dispose();
        _templates.Dispose();
        _paths.Dispose();
        _flows.Dispose();
        _branches.Dispose();
        _spans.Dispose();
        _sites.Dispose();
    }
}

using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Translator;

/// <summary>What is known of the translations of one generation. Only grows, until all is dropped.
/// </summary>
internal sealed class TranslationTables
{
    private TranslationBlock[] _blocks = new TranslationBlock[1024];
    private InstructionEntry[] _entries = new InstructionEntry[8192];
    private AccessTemplate[] _templates = new AccessTemplate[4096];
    private BlockPath[] _paths = new BlockPath[1024];
    private ExitSite[] _sites = new ExitSite[1024];
    private int _blockCount;
    private int _entryCount;
    private int _templateCount;
    private int _pathCount;
    private int _siteCount;

    public AccessTemplate[] Templates => _templates;

    public BlockPath[] Paths => _paths;

    public int EntryCount => _entryCount;

    public int TemplateCount => _templateCount;

    public int PathCount => _pathCount;

    public ref readonly ExitSite Site(uint number)
    {
        Invariant.Require(number < (uint)_siteCount);
        return ref _sites[number];
    }

    public ref readonly InstructionEntry Entry(int index) => ref _entries[index];

    public void Forget()
    {
        _blockCount = 0;
        _entryCount = 0;
        _templateCount = 0;
        _pathCount = 0;
        _siteCount = 0;
    }

    public uint Add(in ExitSite site)
    {
        Make(ref _sites, _siteCount);
        _sites[_siteCount] = site;
        return (uint)_siteCount++;
    }

    public void Add(in TranslationBlock block)
    {
        Make(ref _blocks, _blockCount);
        _blocks[_blockCount++] = block;
    }

    public void Add(in InstructionEntry entry)
    {
        Make(ref _entries, _entryCount);
        _entries[_entryCount++] = entry;
    }

    public int Add(in AccessTemplate template)
    {
        Make(ref _templates, _templateCount);
        _templates[_templateCount] = template;
        return _templateCount++;
    }

    public int Add(in BlockPath path)
    {
        Make(ref _paths, _pathCount);
        _paths[_pathCount] = path;
        return _pathCount++;
    }

    public void SetExtraSpills(int entry, ushort registers) =>
        _entries[entry].ExtraSpills |= registers;

    /// <summary>The block whose host code holds the offset. Blocks lie in order.</summary>
    public ref readonly TranslationBlock BlockAt(uint hostOffset)
    {
        int low = 0;
        int high = _blockCount - 1;
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
            _blockCount > 0 && hostOffset >= block.HostStart && hostOffset < block.HostEnd);
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

    private static void Make<T>(ref T[] items, int count)
    {
        if (count == items.Length)
        {
            Array.Resize(ref items, count * 2);
        }
    }
}

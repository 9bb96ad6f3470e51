using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Translator;

/// <summary>The engine's hand on the tags that <see cref="FilterEmitter"/>'s code reads. Those of
/// fetches count lines from the start of the guest's window.</summary>
internal sealed class LineFilter(TranslatorOptions options)
{
    private const int LineShift = 6;

    private readonly ulong _start = options.Window.Start;
    private readonly ulong _dataMask = (ulong)options.DataFilterGroups - 1;
    private readonly ulong _fetchMask = (ulong)options.FetchFilterGroups - 1;

    /// <summary>For a decoder that leaves out sure hits itself.</summary>
    public SureHitLoop.Tags Of(VcpuContext vcpu) => new(vcpu.LoadTags, vcpu.StoreTags, vcpu.FetchTags)
    {
        DataMask = _dataMask,
        FetchMask = _fetchMask,
        FetchStart = _start,
    };

    public static void Flush(VcpuContext vcpu)
    {
        vcpu.LoadTags.Clear();
        vcpu.StoreTags.Clear();
        vcpu.FetchTags.Clear();
    }

    /// <summary>Drops a physical line: its group is known from the page offset alone, which both
    /// addresses share.</summary>
    public void Drop(VcpuContext vcpu, ulong physical)
    {
        ulong line = physical >> LineShift;
        vcpu.LoadTags[(int)(line & _dataMask)] = 0;
        vcpu.StoreTags[(int)(line & _dataMask)] = 0;
        vcpu.FetchTags[(int)(line & _fetchMask)] = 0;
    }

    /// <summary>Whether the line was the last fetched in its group; it is from now on.</summary>
    public bool KnowsFetch(VcpuContext vcpu, ulong address)
    {
        ulong line = (address - _start) >> LineShift;
        ref ulong tag = ref vcpu.FetchTags[(int)(line & _fetchMask)];
        bool known = tag == line;
        tag = line;
        return known;
    }

    public void ForgetFetch(VcpuContext vcpu, ulong address) =>
        vcpu.FetchTags[(int)((address >> LineShift) & _fetchMask)] = 0;

    /// <summary>The access left without looking at the tags of its lines.</summary>
    public void Forget(VcpuContext vcpu, ulong address, int size)
    {
        ulong last = (address + (ulong)size - 1) >> LineShift;
        for (ulong line = address >> LineShift; line <= last; line++)
        {
            vcpu.LoadTags[(int)(line & _dataMask)] = 0;
            vcpu.StoreTags[(int)(line & _dataMask)] = 0;
        }
    }
}

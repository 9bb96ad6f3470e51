using System.Runtime.InteropServices;
using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Translator;

/// <summary>Where in the code the instructions of a process's translations are, for its
/// <see cref="ICodeProfile"/>. Lies beside the <see cref="TranslationTables"/>, template by template, so
/// that who wants no profile pays nothing.</summary>
internal sealed class PlaceTable(ICodeProfile profile, IGuestAddressSpace space)
{
    private readonly List<PlaceCost> _costs = [];

    /// <summary>Per template the instruction in <see cref="_costs"/> that it is of. A block's first template
    /// is the fetch of its first instruction.</summary>
    private readonly List<int> _costOf = [];

    /// <summary>Per branch that is told of, its place.</summary>
    private readonly List<int> _branches = [];

    public IGuestAddressSpace Space => space;

    /// <summary>Notes a block whose templates have been made.</summary>
    public void Add(BlockPlan plan, AddressPlan addresses, int templateCount)
    {
        Invariant.Require(addresses.FirstTemplate == _costOf.Count && addresses.FirstBranch == _branches.Count);
        for (int i = 0; i < plan.Count; i++)
        {
            bool isLast = i + 1 == plan.Count;
            uint end = isLast ? addresses.Units : addresses.UnitsBefore(i + 1);
            int lastTemplate = isLast
                ? templateCount
                : addresses.FirstTemplate + addresses.TemplatesBefore(i + 1);
            while (_costOf.Count < lastTemplate)
            {
                _costOf.Add(_costs.Count);
            }

            ref GuestInstruction item = ref plan.Items[i];
            uint loads = 0;
            uint stores = 0;
            for (int k = 0; k < item.AccessCount; k++)
            {
                Count(plan.Accesses[item.FirstAccess + k].Kind, ref loads, ref stores);
            }

            int place = profile.PlaceOf(space, item.Rip);
            _costs.Add(new PlaceCost(place, end - addresses.UnitsBefore(i), loads, stores));
            if (addresses.HasBranch(i))
            {
                _branches.Add(place);
            }
        }
    }

    /// <summary>HOT: per record.</summary>
    public int PlaceOf(int template) => _costs[_costOf[template]].Place;

    /// <param name="branch">Its number in the tables. HOT: per branch.</param>
    public int PlaceOfBranch(int branch) => _branches[branch];

    /// <summary>A path has been taken to its end. HOT: per path.</summary>
    public void Ran(VcpuId vcpu, in BlockPath path) => profile.Ran(
        vcpu,
        CollectionsMarshal.AsSpan(_costs).Slice(_costOf[path.FirstTemplate], (int)path.Instructions));

    /// <summary>The place of an instruction that the engine does itself.</summary>
    public int PlaceOf(ulong rip) => profile.PlaceOf(space, rip);

    /// <summary>The engine has done one.</summary>
    public void Retired(VcpuId vcpu, ulong rip, ulong units, List<DynamicRecord> accesses)
    {
        uint loads = 0;
        uint stores = 0;
        foreach (DynamicRecord access in accesses)
        {
            Count(access.Kind, ref loads, ref stores);
        }

        profile.Ran(vcpu, [new PlaceCost(PlaceOf(rip), checked((uint)units), loads, stores)]);
    }

    /// <summary>One that the engine was doing has faulted.</summary>
    public void Faulted(ulong rip, ulong units) => profile.Spent(PlaceOf(rip), checked((uint)units));

    public void Forget()
    {
        _costs.Clear();
        _costOf.Clear();
        _branches.Clear();
    }

    private static void Count(MemoryEventKind kind, ref uint loads, ref uint stores)
    {
        loads += kind is MemoryEventKind.Load or MemoryEventKind.Modify or MemoryEventKind.Atomic ? 1u : 0;
        stores += kind is MemoryEventKind.Store or MemoryEventKind.Modify or MemoryEventKind.Atomic ? 1u : 0;
    }
}

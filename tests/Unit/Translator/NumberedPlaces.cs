using Dilaton.Core;

namespace Dilaton.Tests.Unit.Translator;

/// <summary>A profile that numbers places as they come, and forgets what ran there.</summary>
internal sealed class NumberedPlaces : ICodeProfile
{
    private readonly Dictionary<ulong, int> _places = [];

    public int PlaceOf(IGuestAddressSpace space, ulong rip)
    {
        if (!_places.TryGetValue(rip, out int place))
        {
            place = _places.Count + 1;
            _places.Add(rip, place);
        }

        return place;
    }

    public void Ran(VcpuId vcpu, ReadOnlySpan<PlaceCost> instructions)
    {
    }

    public void Spent(int place, uint units)
    {
    }

    /// <summary>Of an instruction that has been translated.</summary>
    public int this[ulong rip] => _places[rip];
}

using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>Where a vCPU is, and what one turn of the loop that it spins in is made of: whole turns that
/// are skipped count at its places.</summary>
internal sealed class VcpuTurn
{
    private readonly List<PlaceCost> _costs = [];
    private bool _isOpen;

    /// <summary>Of the instruction that ran last.</summary>
    public int LastPlace { get; set; }

    public IReadOnlyList<PlaceCost> Costs => _costs;

    public void Begin()
    {
        _costs.Clear();
        _isOpen = true;
    }

    public void End() => _isOpen = false;

    public void Add(ReadOnlySpan<PlaceCost> instructions)
    {
        if (_isOpen)
        {
            _costs.AddRange(instructions);
        }
    }
}

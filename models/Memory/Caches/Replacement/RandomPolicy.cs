namespace Dilaton.Models.Memory;

/// <summary>A way drawn by xorshift64* (S. Vigna, An Experimental Exploration of Marsaglia's
/// xorshift Generators, Scrambled, ACM TOMS 42, 2016), once per victim.</summary>
internal sealed class RandomPolicy : WayPolicy
{
    private readonly uint _ways;
    private ulong _state;

    public RandomPolicy(int ways, ulong seed)
    {
        _ways = (uint)ways;
        _state = 0x9E37_79B9_7F4A_7C15 ^ seed;
    }

    public override void Use(int set, int way)
    {
    }

    public override void Fill(int set, int way)
    {
    }

    public override int Victim(int set, int spared)
    {
        _state ^= _state >> 12;
        _state ^= _state << 25;
        _state ^= _state >> 27;
        ulong high = (_state * 0x2545_F491_4F6C_DD1D) >> 32;
        uint choices = spared == None || _ways == 1 ? _ways : _ways - 1;
        int way = (int)((high * choices) >> 32);
        return choices < _ways && way >= spared ? way + 1 : way;
    }

    internal override string Describe() => $"{_state}";
}

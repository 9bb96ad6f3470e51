using System.Numerics;

namespace Dilaton.Guest;

/// <summary>A set of vCPUs: an affinity mask.</summary>
internal sealed class VcpuSet : IEquatable<VcpuSet>
{
    public const int CountMax = 1024;

    private readonly ulong[] _words;

    public VcpuSet(ReadOnlySpan<ulong> words)
    {
        _words = words.ToArray();
    }

    /// <summary>Bit 0 of word 0 is vCPU 0.</summary>
    public ReadOnlySpan<ulong> Words => _words;

    public static VcpuSet All(int vcpuCount)
    {
        ulong[] words = new ulong[(vcpuCount + 63) / 64];
        for (int i = 0; i < vcpuCount; i++)
        {
            words[i / 64] |= 1UL << (i % 64);
        }

        return new VcpuSet(words);
    }

    public bool Contains(int vcpu) =>
        vcpu / 64 < _words.Length && (_words[vcpu / 64] & (1UL << (vcpu % 64))) != 0;

    public VcpuSet And(VcpuSet other)
    {
        ulong[] words = new ulong[Math.Min(_words.Length, other._words.Length)];
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = _words[i] & other._words[i];
        }

        return new VcpuSet(words);
    }

    public int Count()
    {
        int count = 0;
        foreach (ulong word in _words)
        {
            count += BitOperations.PopCount(word);
        }

        return count;
    }

    public bool Equals(VcpuSet? other) =>
        other is not null && _words.AsSpan().SequenceEqual(other._words);

    public override bool Equals(object? obj) => Equals(obj as VcpuSet);

    public override int GetHashCode() => _words.Length == 0 ? 0 : _words[0].GetHashCode();
}

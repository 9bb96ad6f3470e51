using Dilaton.Core;

namespace Dilaton.Machine;

/// <summary>A source of random bytes (VIRTIO 1.2, "Entropy Device") that depend on a seed only, in the order in
/// which they are asked for: SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators",
/// OOPSLA 2014).</summary>
public sealed class EntropyDevice(ulong seed) : VirtioDevice
{
    /// <summary>For one request; a driver that wants more asks again.</summary>
    internal const int BytesMax = 4096;

    private readonly byte[] _buffer = new byte[BytesMax];
    private ulong _state = seed;
    private ulong _bytes;

    /// <inheritdoc/>
    public override string Name => "entropy";

    internal override uint Kind => 4;

    internal override int QueueCount => 1;

    /// <inheritdoc/>
    public override void Collect(StatisticsList list)
    {
        ArgumentNullException.ThrowIfNull(list);
        list.Count("bytes", _bytes, "Byte", "random bytes that the guest was given");
    }

    /// <inheritdoc/>
    public override void ResetStatistics() => _bytes = 0;

    internal override void Serve(VirtioTransport transport, int queue)
    {
        for (int left = transport.Waiting(queue); left > 0; left--)
        {
            VirtChain chain = transport.Take(queue);
            if (chain.ReadableBytes > 0 || chain.WritableBytes == 0)
            {
                throw new VirtioFaultException(
                    "a request for random bytes has buffers to be read, or none to be written");
            }

            Span<byte> bytes = _buffer.AsSpan(0, (int)Math.Min(BytesMax, chain.WritableBytes));
            Fill(bytes);
            chain.CopyIn(0, bytes);
            _bytes += (ulong)bytes.Length;
            transport.Give(queue, chain.Head, (uint)bytes.Length);
        }
    }

    private void Fill(Span<byte> bytes)
    {
        ulong word = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            word = i % sizeof(ulong) == 0 ? Next() : word >> 8;
            bytes[i] = (byte)word;
        }
    }

    private ulong Next()
    {
        _state += 0x9E37_79B9_7F4A_7C15;
        ulong z = _state;
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }
}

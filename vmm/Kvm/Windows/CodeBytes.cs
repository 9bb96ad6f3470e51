using Dilaton.Core;
using Iced.Intel;

namespace Dilaton.Kvm;

/// <summary>The bytes of one instruction of the guest, for a decoder.</summary>
internal sealed class CodeBytes(IGuestAddressSpace memory) : CodeReader
{
    private const int BytesMax = 15;

    private readonly byte[] _bytes = new byte[BytesMax];
    private int _length;
    private int _at;

    public void Begin(ulong rip)
    {
        _length = memory.FetchCode(rip, _bytes);
        _at = 0;
    }

    public override int ReadByte() => _at < _length ? _bytes[_at++] : -1;
}

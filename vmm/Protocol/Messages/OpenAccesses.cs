using Dilaton.Core;
using Dilaton.Protocol.Wire;

namespace Dilaton.Protocol;

/// <summary>Which accesses to windows a worker has sent and not heard of, one of a vCPU at most, and
/// whether what is said of them can be true.</summary>
public sealed class OpenAccesses(int vcpuCount)
{
    private readonly Access?[] _open = new Access?[vcpuCount];
    private readonly bool[] _isTimedOnly = new bool[vcpuCount];

    /// <param name="isTimedOnly">No data travels.</param>
    public void Sent(Access access, bool isTimedOnly)
    {
        ArgumentNullException.ThrowIfNull(access);
        Invariant.Require(_open[access.Vcpu] is null, "a vCPU waits for one access at a time");
        _open[access.Vcpu] = access;
        _isTimedOnly[access.Vcpu] = isTimedOnly;
    }

    /// <summary>Takes a completion; its access is open no more.</summary>
    /// <param name="index">Of the completion in its message.</param>
    /// <returns>The vCPU whose access it completes.</returns>
    /// <exception cref="ProtocolException">No access of this id is open, it comes before its access,
    /// or has not as much data as was asked for.</exception>
    public int Take(Completion completion, int index)
    {
        ArgumentNullException.ThrowIfNull(completion);
        int vcpu = Array.FindIndex(_open, access => access?.Id == completion.Id);
        if (vcpu < 0)
        {
            throw Wrong(index, "id", "that of an open access", completion.Id);
        }

        Access open = _open[vcpu]!;
        if (completion.AtPs < open.AtPs)
        {
            throw Wrong(index, "at_ps", $"at least {open.AtPs}, its access's", completion.AtPs);
        }

        uint expected = open.Store || _isTimedOnly[vcpu] ? 0 : open.SizeBytes;
        if (completion.Data.Length != expected)
        {
            throw Wrong(index, "data", $"{expected} bytes", (ulong)completion.Data.Length);
        }

        _open[vcpu] = null;
        return vcpu;
    }

    private static ProtocolException Wrong(int index, string field, string expected, ulong found) =>
        new(0, $"interval_done.completions[{index}].{field}", expected, $"{found}");
}

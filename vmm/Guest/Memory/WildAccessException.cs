using System.Globalization;
using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>A program reached memory that is not its own but its worker's: a processor would have faulted.
/// What it may have changed there is not known, so the run of its node ends.</summary>
public sealed class WildAccessException(GuestVirtualAddress address) : Exception(
    string.Create(
        CultureInfo.InvariantCulture,
        $"it accessed 0x{address.Value:x}, which is no memory of its own but its worker's (SIGSEGV on a "
            + $"real machine)"))
{
    public GuestVirtualAddress Address { get; } = address;
}

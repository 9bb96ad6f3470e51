namespace Dilaton.Guest;

/// <summary>The devices of <c>/dev</c>; the value is the minor number of Linux's memory device.
/// </summary>
internal enum DeviceKind
{
    Null = 3,
    Zero = 5,
    Full = 7,
    Random = 8,
    UnseededRandom = 9,
}

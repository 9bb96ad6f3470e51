namespace Dilaton.Machine;

/// <summary>What an interrupt message is for, by its bits (Intel SDM vol. 3A, "Interrupt Command Register (ICR)").
/// </summary>
internal enum DeliveryMode
{
    Fixed = 0,
    LowestPriority = 1,
    SystemManagement = 2,
    NonMaskable = 4,
    Init = 5,
    Startup = 6,
    External = 7,
}

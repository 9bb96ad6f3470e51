namespace Dilaton.Machine;

/// <summary>Ports by which a guest ends: those that ACPI's tables name, and what bare-metal code uses.
/// </summary>
public static class PowerPorts
{
    /// <summary>PM1a event block: status and enable.</summary>
    public const ushort Events = 0x600;

    /// <summary>PM1a control block.</summary>
    public const ushort Control = 0x604;

    /// <summary>The chipset's reset control.</summary>
    public const ushort Reset = 0xcf9;
    public const byte ResetValue = 6;

    /// <summary>What is written there is the guest's exit code, 0 to 255.</summary>
    public const ushort Exit = 0xf4;

    /// <summary>The keyboard controller's command port; the command that pulses the reset line.</summary>
    public const ushort Keyboard = 0x64;
    public const byte KeyboardReset = 0xfe;

    /// <summary>SCI_EN: the machine is in ACPI mode.</summary>
    internal const uint AcpiMode = 1;

    /// <summary>Whether a value of the control block asks for S5, whose SLP_TYP the DSDT says is 5.
    /// </summary>
    internal static bool IsPowerOff(uint control) => (control & 0x3c00) == 0x3400;
}

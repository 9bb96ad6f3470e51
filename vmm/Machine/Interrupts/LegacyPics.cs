namespace Dilaton.Machine;

/// <summary>The two 8259As of a PC beside an I/O APIC (Intel, "8259A Programmable Interrupt Controller"), as far as
/// a kernel looks whether they are there, and masks them: words of initialization, masks and trigger modes. Nothing
/// hangs at them: interrupts come by the I/O APIC.</summary>
public sealed class LegacyPics
{
    private const byte Begin = 0x10;
    private const byte IsSingle = 2;
    private const byte WantsFourth = 1;

    private readonly byte[] _masks = [0xff, 0xff];
    private readonly byte[] _triggers = new byte[2];

    /// <summary>Words of initialization that are still to come, the second to the fourth, a bit each.</summary>
    private readonly byte[] _expected = new byte[2];

    /// <returns>False if the port is another's.</returns>
    internal bool TryRead(ushort port, out byte value)
    {
        bool has = Find(port, out int chip, out Register register);
        value = !has ? (byte)0 : register switch
        {
            Register.Mask => _masks[chip],
            Register.Trigger => _triggers[chip],

            // Neither requested nor in service.
            _ => (byte)0,
        };
        return has;
    }

    /// <returns>False if the port is another's.</returns>
    internal bool TryWrite(ushort port, byte value)
    {
        if (!Find(port, out int chip, out Register register))
        {
            return false;
        }

        switch (register)
        {
            case Register.Command when (value & Begin) != 0:
                _masks[chip] = 0;
                _expected[chip] = (byte)(1 | ((value & IsSingle) == 0 ? 2 : 0) | ((value & WantsFourth) != 0 ? 4 : 0));
                break;
            case Register.Mask when _expected[chip] != 0:
                _expected[chip] &= (byte)(_expected[chip] - 1);
                break;
            case Register.Mask:
                _masks[chip] = value;
                break;
            case Register.Trigger:
                _triggers[chip] = value;
                break;
            default:
                break;
        }

        return true;
    }

    private static bool Find(ushort port, out int chip, out Register register)
    {
        chip = port is 0xa0 or 0xa1 or 0x4d1 ? 1 : 0;
        register = port switch
        {
            0x21 or 0xa1 => Register.Mask,
            0x4d0 or 0x4d1 => Register.Trigger,
            _ => Register.Command,
        };
        return port is 0x20 or 0x21 or 0xa0 or 0xa1 or 0x4d0 or 0x4d1;
    }

    private enum Register
    {
        Command,
        Mask,
        Trigger,
    }
}

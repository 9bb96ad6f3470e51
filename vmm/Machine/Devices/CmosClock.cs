namespace Dilaton.Machine;

/// <summary>The PC's clock chip (Motorola, MC146818): date and time in BCD, 24 hours, as virtual time
/// has them. It gives no interrupts, and can't be set.</summary>
/// <param name="now">Seconds since 1970 (UTC) in virtual time.</param>
internal sealed class CmosClock(Func<ulong> now)
{
    public const byte CenturyRegister = 0x32;

    private const ulong SecondsPerDay = 86_400;

    // The day 1970-01-01 by a calendar whose years begin in March, and in which 400 years are a cycle.
    private const ulong EpochDay = 719_468;
    private const ulong CycleDays = 146_097;
    private byte _index;

    public void Select(byte index) => _index = (byte)(index & 0x7f);

    public byte Read()
    {
        ulong seconds = now();
        ulong day = seconds / SecondsPerDay;
        (ulong year, ulong month, ulong date) = Date(day);
        ulong inDay = seconds % SecondsPerDay;
        return _index switch
        {
            0 => Bcd(inDay % 60),
            2 => Bcd(inDay / 60 % 60),
            4 => Bcd(inDay / 3600),

            // 1970-01-01 was a Thursday, and Sunday is 1.
            6 => Bcd(((day + 4) % 7) + 1),
            7 => Bcd(date),
            8 => Bcd(month),
            9 => Bcd(year % 100),
            CenturyRegister => Bcd(year / 100),
            0xa => 0x26,
            0xb => 0x02,
            0xd => 0x80,
            _ => 0,
        };
    }

    /// <summary>By H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days.</summary>
    private static (ulong Year, ulong Month, ulong Date) Date(ulong day)
    {
        ulong shifted = day + EpochDay;
        ulong cycle = shifted / CycleDays;
        ulong inCycle = shifted % CycleDays;
        ulong yearOfCycle = (inCycle - (inCycle / 1460) + (inCycle / 36_524) - (inCycle / 146_096)) / 365;
        ulong inYear = inCycle - ((365 * yearOfCycle) + (yearOfCycle / 4) - (yearOfCycle / 100));
        ulong fromMarch = ((5 * inYear) + 2) / 153;
        ulong month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
        ulong year = yearOfCycle + (cycle * 400) + (month <= 2 ? 1u : 0);
        return (year, month, inYear - (((153 * fromMarch) + 2) / 5) + 1);
    }

    private static byte Bcd(ulong value) => (byte)((value / 10 << 4) | (value % 10));
}

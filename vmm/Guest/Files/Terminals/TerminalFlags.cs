namespace Dilaton.Guest;

/// <summary>Bits of <c>struct termios</c> (termios(3)) and places in its control characters.</summary>
internal static class TerminalFlags
{
    public const uint ISTRIP = 0x20;
    public const uint INLCR = 0x40;
    public const uint IGNCR = 0x80;
    public const uint ICRNL = 0x100;
    public const uint IUCLC = 0x200;
    public const uint IXON = 0x400;
    public const uint IXANY = 0x800;
    public const uint IUTF8 = 0x4000;

    public const uint OPOST = 0x1;
    public const uint OLCUC = 0x2;
    public const uint ONLCR = 0x4;
    public const uint OCRNL = 0x8;
    public const uint ONOCR = 0x10;
    public const uint ONLRET = 0x20;
    public const uint XTABS = 0x1800;

    public const uint ISIG = 0x1;
    public const uint ICANON = 0x2;
    public const uint ECHO = 0x8;
    public const uint ECHOE = 0x10;
    public const uint ECHOK = 0x20;
    public const uint ECHONL = 0x40;
    public const uint NOFLSH = 0x80;
    public const uint TOSTOP = 0x100;
    public const uint ECHOCTL = 0x200;
    public const uint ECHOPRT = 0x400;
    public const uint ECHOKE = 0x800;
    public const uint IEXTEN = 0x8000;

    public const int VINTR = 0;
    public const int VQUIT = 1;
    public const int VERASE = 2;
    public const int VKILL = 3;
    public const int VEOF = 4;
    public const int VTIME = 5;
    public const int VMIN = 6;
    public const int VSTART = 8;
    public const int VSTOP = 9;
    public const int VSUSP = 10;
    public const int VEOL = 11;
    public const int VREPRINT = 12;
    public const int VWERASE = 14;
    public const int VLNEXT = 15;
    public const int VEOL2 = 16;
}

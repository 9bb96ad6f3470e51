namespace Dilaton.Guest;

/// <summary>Requests of ioctl(2) on terminals (ioctl_tty(2)).</summary>
internal static class TerminalRequest
{
    public const uint TCGETS = 0x5401;
    public const uint TCSETS = 0x5402;
    public const uint TCSETSW = 0x5403;
    public const uint TCSETSF = 0x5404;
    public const uint TCSBRK = 0x5409;
    public const uint TCXONC = 0x540a;
    public const uint TCFLSH = 0x540b;
    public const uint TIOCSCTTY = 0x540e;
    public const uint TIOCGPGRP = 0x540f;
    public const uint TIOCSPGRP = 0x5410;
    public const uint TIOCOUTQ = 0x5411;
    public const uint TIOCGWINSZ = 0x5413;
    public const uint TIOCSWINSZ = 0x5414;
    public const uint FIONREAD = 0x541b;
    public const uint TIOCPKT = 0x5420;
    public const uint TIOCNOTTY = 0x5422;
    public const uint TIOCSETD = 0x5423;
    public const uint TIOCGETD = 0x5424;
    public const uint TCSBRKP = 0x5425;
    public const uint TIOCGSID = 0x5429;
    public const uint TIOCGPTPEER = 0x5441;
    public const uint TCGETS2 = 0x802c542a;
    public const uint TCSETS2 = 0x402c542b;
    public const uint TCSETSW2 = 0x402c542c;
    public const uint TCSETSF2 = 0x402c542d;
    public const uint TIOCGPTN = 0x80045430;
    public const uint TIOCSPTLCK = 0x40045431;
    public const uint TIOCSIG = 0x40045436;
    public const uint TIOCGPKT = 0x80045438;
    public const uint TIOCGPTLCK = 0x80045439;
}

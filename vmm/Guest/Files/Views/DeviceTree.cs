using System.Diagnostics.CodeAnalysis;

namespace Dilaton.Guest;

/// <summary>The guest's <c>/dev</c>.</summary>
internal static class DeviceTree
{
    public static ViewDirectory Create(
        ViewVolume volume, DirectoryInode parent, string name, NodeFileSystem files)
    {
        ViewDirectory dev = new(volume, parent, name);
        AddDevice("null", DeviceKind.Null);
        AddDevice("zero", DeviceKind.Zero);
        AddDevice("full", DeviceKind.Full);
        AddDevice("random", DeviceKind.Random);
        AddDevice("urandom", DeviceKind.UnseededRandom);
        dev.Add("tty", new ControllingTerminal(volume, volume.CreateRecord(), files.Standard));
        dev.AddLink("fd", "/proc/self/fd");
        dev.AddLink("stdin", "/proc/self/fd/0");
        dev.AddLink("stdout", "/proc/self/fd/1");
        dev.AddLink("stderr", "/proc/self/fd/2");
        ViewDirectory terminals = dev.AddDirectory("pts");
        if (files.Standard.Controlling is { } terminal)
        {
            terminals.Add("0", terminal);
        }

        foreach ((WindowDevice window, int number) in files.Options.Windows.Select((w, i) => (w, i)))
        {
            dev.Add(
                window.Name,
                new WindowInode(volume, volume.CreateRecord(), window, (uint)number));
        }

        return dev;

        void AddDevice(string device, DeviceKind kind) => dev.Add(
            device, new DeviceInode(volume, volume.CreateRecord(), kind, files.Random));
    }

    /// <summary><c>/dev/tty</c>: whichever standard stream is a terminal.</summary>
    private sealed class ControllingTerminal(
        FileVolume volume, InodeRecord record, StandardFiles standard) : Inode(volume)
    {
        private const uint TerminalMajor = 5;

        public override InodeRecord Record { get; } = record;

        public override uint Mode => FileModes.CharacterDevice | 0x1b6;

        public override FileStatus GetStatus() => Record.ToStatus(
            Volume, Mode, 1, 0, DeviceNumbers.Encode(TerminalMajor, 0));

        public override int TryOpen(
            int flags, string path, [NotNullWhen(true)] out OpenFile? file)
        {
            file = null;
            return standard.Controlling is { } terminal
                ? terminal.TryOpen(flags, path, out file)
                : Errno.ENXIO;
        }
    }
}

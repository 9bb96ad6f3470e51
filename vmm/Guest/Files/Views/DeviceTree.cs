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
        dev.Add("tty", new ControllingTerminal(volume, volume.CreateRecord(), files));
        dev.Add("ptmx", new MasterInode(volume, volume.CreateRecord(), files));
        dev.AddLink("fd", "/proc/self/fd");
        dev.AddLink("stdin", "/proc/self/fd/0");
        dev.AddLink("stdout", "/proc/self/fd/1");
        dev.AddLink("stderr", "/proc/self/fd/2");
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
}

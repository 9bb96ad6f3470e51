namespace Dilaton.Guest;

/// <summary>The AF_UNIX sockets of a node that have a name: abstract ones, and files of type socket.
/// </summary>
internal sealed class LocalNames(SocketVolume volume, Func<int> callingProcess)
{
    private readonly Dictionary<string, LocalSocket> _abstract = [];
    private readonly Dictionary<InodeRecord, LocalSocket> _files = [];
    private uint _nextAutomatic;

    public int CallingProcessId => callingProcess();

    public SocketInode CreateInode() => new(volume, volume.CreateRecord());

    public LocalSocket? Find(ReadOnlySpan<byte> abstractName) =>
        _abstract.GetValueOrDefault(Convert.ToHexString(abstractName));

    public LocalSocket? Find(Inode file) => _files.GetValueOrDefault(file.Record);

    /// <returns>False if the name is taken.</returns>
    public bool TryAdd(ReadOnlySpan<byte> abstractName, LocalSocket socket) =>
        _abstract.TryAdd(Convert.ToHexString(abstractName), socket);

    public void Add(Inode file, LocalSocket socket) => _files[file.Record] = socket;

    /// <summary>An abstract name that nobody has: five hexadecimal digits.</summary>
    public byte[] TakeAutomatic(LocalSocket socket)
    {
        byte[] name;
        do
        {
            string digits = (_nextAutomatic++ & 0xf_ffff).ToString(
                "x5", System.Globalization.CultureInfo.InvariantCulture);
            name = System.Text.Encoding.ASCII.GetBytes("\0" + digits);
        }
        while (!TryAdd(name, socket));

        return name;
    }

    public void Remove(LocalSocket socket)
    {
        foreach (string name in _abstract.Where(p => p.Value == socket).Select(p => p.Key).ToArray())
        {
            _abstract.Remove(name);
        }

        foreach (InodeRecord file in _files.Where(p => p.Value == socket).Select(p => p.Key).ToArray())
        {
            _files.Remove(file);
        }
    }
}

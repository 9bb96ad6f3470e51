using System.Text;

namespace Dilaton.Guest;

/// <summary>The files of <c>/etc</c> by which programs find nodes: they are the emulated
/// machine's, whatever folder of the host is seen there.</summary>
internal static class NameFiles
{
    private const uint Readable = 0x1a4;

    public static void Mount(MountTable mounts, ViewVolume volume, NodeNetwork network)
    {
        Add("/etc/hosts", Hosts(network));
        Add("/etc/hostname", network.NodeName + "\n");

        // No name server: a name is in the list of hosts, or it is not known.
        Add("/etc/resolv.conf", "");
        Add(
            "/etc/nsswitch.conf",
            "passwd: files\ngroup: files\nshadow: files\nhosts: files\nnetworks: files\n"
                + "protocols: files\nservices: files\nethers: files\nrpc: files\n");

        void Add(string path, string text) => mounts.MountFile(
            path, new TextInode(volume, volume.CreateRecord(), () => text, Readable));
    }

    private static string Hosts(NodeNetwork network)
    {
        StringBuilder text = new("127.0.0.1\tlocalhost\n");
        if (network.Hosts.All(host => host.Name != network.NodeName))
        {
            string own = network.Stack.Ethernet?.Address.ToString() ?? "127.0.1.1";
            text.Append(own).Append('\t').Append(network.NodeName).Append('\n');
        }

        foreach (NetworkHost host in network.Hosts)
        {
            text.Append(host.Address).Append('\t').Append(host.Name).Append('\n');
        }

        return text.ToString();
    }
}

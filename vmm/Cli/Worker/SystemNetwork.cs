using System.Globalization;
using Dilaton.Guest;
using Dilaton.Machine;

namespace Dilaton.Cli;

/// <summary>What a system guest has of its job's network: an interface with its node's address, as a program guest of
/// the node would have it, and on its command line what Linux calls it.</summary>
internal static class SystemNetwork
{
    public const string Name = "net0";

    private const string AddressWord = "ip=";

    /// <summary>As the guest meets it: dilated.</summary>
    /// <param name="physical">With this node only, as the job says it.</param>
    /// <param name="names">Of all nodes.</param>
    public static NetworkOptions Interface(Job physical, int index, IReadOnlyList<string> names)
    {
        Job job = Dilation.Apply(physical);
        NetworkOptions options = NetworkMapping.Interface(job.Network!, job.Nodes[0].Nic, index, names);
        return options with { MtuBytes = Math.Min(options.MtuBytes, NetDevice.MtuMax) };
    }

    public static NetDevice Device(NetworkOptions options, INetPort port) =>
        Device(options.Mac, options.MtuBytes, port);

    /// <param name="index">Of the node.</param>
    public static NetDevice Device(int index, int mtuBytes, INetPort port) =>
        Device(NetworkMapping.Mac(index), mtuBytes, port);

    private static NetDevice Device(MacAddress mac, int mtuBytes, INetPort port)
    {
        byte[] address = new byte[MacAddress.SizeBytes];
        mac.Write(address);
        return new NetDevice(Name, address, (ushort)mtuBytes, port);
    }

    /// <summary>With the address of eth0 in the kernel's own words (Linux, Documentation/admin-guide/nfs/nfsroot.rst),
    /// unless it says one itself.</summary>
    /// <param name="name">Of the node.</param>
    public static string CommandLine(string commandLine, NetworkOptions options, string name)
    {
        bool hasAddress = commandLine.Split(' ').Any(word => word.StartsWith(AddressWord, StringComparison.Ordinal));
        if (hasAddress)
        {
            return commandLine;
        }

        Ipv4Address mask = new(Ipv4Address.Mask(options.PrefixLength));
        string address = string.Create(
            CultureInfo.InvariantCulture, $"{AddressWord}{options.Address}:::{mask}:{name}:eth0:off");
        return commandLine.Length == 0 ? address : $"{commandLine} {address}";
    }
}

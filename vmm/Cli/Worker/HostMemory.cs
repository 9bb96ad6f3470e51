using System.Globalization;

namespace Dilaton.Cli;

/// <summary>What the kernel says of this process's memory.</summary>
internal static class HostMemory
{
    /// <summary>Largest resident size so far; 0 if the kernel does not tell.</summary>
    public static long PeakBytes()
    {
        try
        {
            foreach (string line in File.ReadLines("/proc/self/status"))
            {
                if (line.StartsWith("VmHWM:", StringComparison.Ordinal))
                {
                    string digits = string.Concat(line.Where(char.IsAsciiDigit));
                    return long.Parse(digits, CultureInfo.InvariantCulture) * 1024;
                }
            }
        }
        catch (IOException)
        {
        }

        return 0;
    }
}

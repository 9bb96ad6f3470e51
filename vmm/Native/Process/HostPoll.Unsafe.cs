using System.Runtime.InteropServices;

namespace Dilaton.Native;

/// <summary>Waits for any of several descriptors at once, with one thread.</summary>
public static partial class HostPoll
{
    private const int EINTR = 4;

    /// <summary>Waits until one can be read or has ended. Descriptors below 0 are left out.
    /// </summary>
    /// <param name="timeoutMs">-1: for ever.</param>
    /// <returns>How many are ready; 0 after the time-out or a signal.</returns>
    public static int WaitReadable(Span<HostPollItem> items, int timeoutMs)
    {
        foreach (ref HostPollItem item in items)
        {
            item.Ask();
        }

        int ready = poll(items, (nuint)items.Length, timeoutMs);
        int errno = Marshal.GetLastPInvokeError();
        if (ready < 0 && errno != EINTR)
        {
            throw new NativeCallException("poll", $"{items.Length} descriptors", errno);
        }

        return Math.Max(ready, 0);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(Span<HostPollItem> items, nuint count, int timeoutMs);
}

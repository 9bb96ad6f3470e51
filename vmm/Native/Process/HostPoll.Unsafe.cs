using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Dilaton.Native;

/// <summary>Waits for any of several descriptors at once, with one thread.</summary>
public static partial class HostPoll
{
    private const int EINTR = 4;

    /// <summary>Waits until one can be read or has ended. Descriptors below 0 are left out.
    /// </summary>
    /// <param name="timeoutMs">-1: for ever.</param>
    /// <returns>How many are ready; 0 after the time-out or a signal.</returns>
    public static int WaitReadable(Span<HostPollItem> items, int timeoutMs) =>
        Wait(items, HostPollItem.PollIn, timeoutMs);

    /// <summary>Waits until a descriptor that does not block takes bytes again, or nobody reads it any more.</summary>
    public static void WaitWritable(SafeFileHandle handle)
    {
        ArgumentNullException.ThrowIfNull(handle);
        bool isHeld = false;
        try
        {
            handle.DangerousAddRef(ref isHeld);
            _ = Wait([new HostPollItem((int)handle.DangerousGetHandle())], HostPollItem.PollOut, -1);
        }
        finally
        {
            if (isHeld)
            {
                handle.DangerousRelease();
            }
        }
    }

    private static int Wait(Span<HostPollItem> items, short events, int timeoutMs)
    {
        foreach (ref HostPollItem item in items)
        {
            item.Ask(events);
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

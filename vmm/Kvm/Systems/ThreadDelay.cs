using System.Buffers.Text;

namespace Dilaton.Kvm;

/// <summary>How long the calling thread has waited for a processor of the host (Linux, sched-stats.rst,
/// "/proc/&lt;pid&gt;/schedstat").</summary>
internal static class ThreadDelay
{
    private const string Source = "/proc/thread-self/schedstat";

    /// <returns>0 where the kernel does not say.</returns>
    public static long Nanoseconds()
    {
        try
        {
            // CPU time, waiting time, turns.
            ReadOnlySpan<byte> text = File.ReadAllBytes(Source);
            int space = text.IndexOf((byte)' ');
            return Utf8Parser.TryParse(text[(space + 1)..], out long waited, out _) ? waited : 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}

using System.Runtime.InteropServices;

namespace Dilaton.Native;

/// <summary>The host's error numbers in words.</summary>
public static class HostErrno
{
    public static string Describe(int errno) =>
        $"{Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})";
}

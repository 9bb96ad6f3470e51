using System.Reflection;
using System.Runtime.InteropServices;
using Dilaton.Native;
using Microsoft.Win32.SafeHandles;

namespace Dilaton.Cli;

/// <summary>SQLite's library where no file of it lies beside the program: the copy inside the program,
/// loaded from memory, so that no folder must be writable or allow programs.</summary>
internal static class SqliteLibrary
{
    private const string ResourceName = "libe_sqlite3.so";

    // Once: the runtime asks for each function, and two copies would not know of each other.
    private static readonly Lazy<nint> s_own = new(Load);

    private static int s_isRegistered;

    /// <summary>Before SQLite's first call; again is harmless.</summary>
    public static void Register()
    {
        if (Interlocked.Exchange(ref s_isRegistered, 1) == 0)
        {
            NativeLibrary.SetDllImportResolver(
                typeof(SQLitePCL.SQLite3Provider_e_sqlite3).Assembly, Resolve);
        }
    }

    /// <summary>The copy inside the program.</summary>
    /// <exception cref="DllNotFoundException">The host does not allow it.</exception>
    public static nint Own => s_own.Value;

    private static nint Load()
    {
        int error = HostFiles.CreateMemoryFile(ResourceName, out SafeFileHandle file);
        if (error != 0)
        {
            throw new DllNotFoundException($"{ResourceName}: no file in memory (errno {-error})");
        }

        using FileStream copy = new(file, FileAccess.ReadWrite);
        using (Stream own = typeof(SqliteLibrary).Assembly.GetManifestResourceStream(ResourceName)!)
        {
            own.CopyTo(copy);
        }

        copy.Flush();
        return NativeLibrary.Load($"/proc/self/fd/{file.DangerousGetHandle()}");
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? search) =>
        NativeLibrary.TryLoad(name, assembly, search, out nint found) ? found : Own;
}

using System.Runtime.InteropServices;
using SQLitePCL;

namespace Platform.Storage.Sqlite;

/// <summary>
/// Chooses the native SQLite once per process: the system's, which the distribution keeps patched, when it is new enough, and
/// otherwise the one that comes with the program.
/// </summary>
internal static class SqliteLibrary
{
    private const string Bundled = "bundled";

    /// <summary>3.35: the oldest with RETURNING, and what the bundled one is.</summary>
    private const int VersionMin = 3_035_000;

    private static readonly Lock Lock = new();
    private static string? _loaded;

    /// <summary>What was loaded, for people: a file name or "bundled".</summary>
    public static string Load(string choice)
    {
        lock (Lock)
        {
            if (_loaded is null)
            {
                var (name, handle) = Choose(choice);
                NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, (_, _, _) => handle);
                raw.SetProvider(new SQLite3Provider_e_sqlite3());
                _loaded = name;
            }

            return _loaded;
        }
    }

    private static (string Name, nint Handle) Choose(string choice)
    {
        if (choice.Length > 0 && choice != Bundled)
        {
            return IsGood(choice, out var chosen)
                ? (choice, chosen)
                : throw new StorageException($"'{choice}' is not a SQLite library of version 3.35 or newer.");
        }

        var system = OperatingSystem.IsLinux() ? "libsqlite3.so.0" : OperatingSystem.IsMacOS() ? "libsqlite3.dylib" : null;
        if (choice.Length == 0 && system is not null && IsGood(system, out var handle))
            return (system, handle);
        return (Bundled, nint.Zero); // Zero: the runtime finds it beside the program, as for any package.
    }

    private static bool IsGood(string name, out nint handle)
    {
        if (!NativeLibrary.TryLoad(name, out handle))
            return false;
        if (Number(handle, "sqlite3_libversion_number") >= VersionMin && Number(handle, "sqlite3_threadsafe") != 0)
            return true;
        NativeLibrary.Free(handle);
        return false;
    }

    private static int Number(nint library, string function) =>
        NativeLibrary.TryGetExport(library, function, out var address)
            ? Marshal.GetDelegateForFunctionPointer<NumberFunction>(address)()
            : 0;

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int NumberFunction();
}

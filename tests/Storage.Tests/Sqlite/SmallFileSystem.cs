using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Platform.Storage.Tests.Sqlite;

/// <summary>A file system in memory with a size, gone when disposed. Only root may have one.</summary>
internal sealed class SmallFileSystem : IDisposable
{
    private readonly string _path;

    private SmallFileSystem(string path) => _path = path;

    /// <summary>Mounts one on a new directory; null where that is not allowed.</summary>
    public static SmallFileSystem? TryMount(string path, int megabytes)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        Directory.CreateDirectory(path);
        return Run("mount", "-t", "tmpfs", "-o", Size(megabytes), "tmpfs", path) ? new(path) : null;
    }

    /// <summary>Gives it another size.</summary>
    public void Resize(int megabytes) => Run("mount", "-o", "remount," + Size(megabytes), _path).ShouldBeTrue();

    public void Dispose() => Run("umount", _path).ShouldBeTrue();

    private static string Size(int megabytes) => string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m");

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false });
            process!.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}

/// <summary>A limit on the size of every file that this process writes, lifted when disposed. Anybody may set one, on Linux.</summary>
internal sealed class FileSizeLimit : IDisposable
{
    private const int FileSize = 1;
    private const int FileSizeExceeded = 25;
    private const nint Ignore = 1;
    private readonly Limit _before;

    private FileSizeLimit(Limit before) => _before = before;

    public static FileSizeLimit Set(int megabytes)
    {
        // Without it the signal would end the process instead of failing the write.
        _ = Signal(FileSizeExceeded, Ignore);
        GetLimit(FileSize, out var before).ShouldBe(0);
        Apply(before with { Soft = (ulong)megabytes * 1024 * 1024 });
        return new(before);
    }

    public void Dispose() => Apply(_before);

    private static void Apply(Limit limit) => SetLimit(FileSize, in limit).ShouldBe(0);

    [DllImport("libc", EntryPoint = "signal", SetLastError = true)]
    private static extern nint Signal(int signal, nint handler);

    [DllImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    private static extern int GetLimit(int resource, out Limit limit);

    [DllImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    private static extern int SetLimit(int resource, in Limit limit);

    [StructLayout(LayoutKind.Sequential)]
    private record struct Limit(ulong Soft, ulong Hard);
}

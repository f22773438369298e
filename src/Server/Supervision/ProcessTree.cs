using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Platform.Server.Supervision;

/// <summary>
/// The processes of a run: the one that was started, and all that it started in turn. A mark in their environment makes them known, also
/// after their parent has ended, after a kill of the server, and when the number of a process was given to another one. Only Linux shows
/// the environment of processes; elsewhere the parents must do.
/// </summary>
internal static class ProcessTree
{
    /// <summary>The variable that holds the mark.</summary>
    public const string Variable = "PLATFORM_RUN";

    private const string Folder = "/proc";

    /// <summary>Whether marks can be read here.</summary>
    public static bool ReadsMarks => OperatingSystem.IsLinux();

    /// <summary>The processes that carry a mark, and those that descend from one of them. Never this process.</summary>
    /// <param name="mark">How the value of the variable begins.</param>
    public static IReadOnlyList<ProcessMark> Find(string mark)
    {
        if (!ReadsMarks)
            return [];
        var wanted = Encoding.UTF8.GetBytes($"{Variable}={mark}");
        var all = Directory.EnumerateDirectories(Folder)
            .Select(path => int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0 && id != Environment.ProcessId)
            .Select(id => (Id: id, Parent: ParentOf(id)))
            .Where(process => process.Parent is not null)
            .ToDictionary(process => process.Id, process => process.Parent!.Value);
        var found = new Dictionary<int, string>();
        foreach (var id in all.Keys)
        {
            if (MarkOf(id, wanted) is { } value)
                found[id] = value;
        }

        // Whoever has cleared its environment still has a parent.
        for (var grown = found.Count > 0; grown;)
        {
            grown = false;
            foreach (var (id, parent) in all)
            {
                if (!found.ContainsKey(id) && found.TryGetValue(parent, out var value))
                    grown = found.TryAdd(id, value);
            }
        }

        return [.. found.Select(process => new ProcessMark(process.Key, process.Value)).OrderBy(process => process.Id)];
    }

    /// <summary>Asks a process to end. It may be gone already.</summary>
    /// <param name="id">The process.</param>
    public static void Terminate(int id) => Send(id, 15);

    /// <summary>Ends a process at once. It may be gone already.</summary>
    /// <param name="id">The process.</param>
    public static void Kill(int id) => Send(id, 9);

    private static void Send(int id, int signal)
    {
        // 0 and -1 would mean whole groups of processes.
        if (id > 1)
            _ = SendSignal(id, signal);
    }

    /// <summary>The parent of a process; null when it is gone, or has ended and only waits to be read.</summary>
    private static int? ParentOf(int id)
    {
        if (Read(id, "stat") is not { } bytes)
            return null;
        // The name is in brackets and may hold anything, brackets too.
        var text = Encoding.Latin1.GetString(bytes);
        var parts = text[(text.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return parts.Length > 1 && parts[0] is not ("Z" or "X") && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var parent) ? parent : null;
    }

    private static string? MarkOf(int id, byte[] wanted)
    {
        if (Read(id, "environ") is not { } bytes)
            return null;
        var at = bytes.AsSpan().IndexOf(wanted);
        if (at < 0 || (at > 0 && bytes[at - 1] != 0))
            return null;
        var value = bytes.AsSpan(at + Variable.Length + 1);
        var end = value.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? value : value[..end]);
    }

    /// <summary>A file of a process; null when the process is gone or another user's.</summary>
    private static byte[]? Read(int id, string file)
    {
        try
        {
            return File.ReadAllBytes(string.Create(CultureInfo.InvariantCulture, $"{Folder}/{id}/{file}"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int SendSignal(int process, int signal);
}

/// <summary>A process that carries a mark, or descends from one that does.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Mark">The mark.</param>
internal sealed record ProcessMark(int Id, string Mark);

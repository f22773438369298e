using System.Globalization;
using Platform.Server.Composition;
using Platform.Server.Monitoring.Series;

namespace Platform.Server.Monitoring.Health;

/// <summary>What the machine and this process use: memory, processors, disk. What a system does not tell is left out.</summary>
/// <param name="storage">Where the data lies.</param>
/// <param name="clock">Time.</param>
internal sealed class HostFigures(StorageOptions storage, TimeProvider clock)
{
    private const string MemoryFile = "/proc/meminfo";
    private const string ProcessorFile = "/proc/stat";
    private (long At, TimeSpan Used)? _process;
    private (long Busy, long Total)? _machine;

    /// <summary>Memory: of the process, of the machine.</summary>
    public static IReadOnlyList<Figure> Memory()
    {
        var available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        var used = Environment.WorkingSet;
        List<Figure> figures = [];
        if (available > 0)
            figures.Add(new(MetricCatalog.Memory, Percent(used, available)));
        if (ReadLines(MemoryFile) is { } lines && MachineMemory(lines) is { } percent)
            figures.Add(new(MetricCatalog.MachineMemory, percent));
        figures.Add(new(MetricCatalog.MemoryBytes, used));
        return figures;
    }

    /// <summary>Processors since the last time: of the process, of the machine. Nothing the first time. Not to be called twice at once.</summary>
    public IReadOnlyList<Figure> Cpu()
    {
        List<Figure> figures = [];
        var now = (At: clock.GetTimestamp(), Used: Environment.CpuUsage.TotalTime);
        if (_process is { } before && clock.GetElapsedTime(before.At, now.At) is var passed && passed > TimeSpan.Zero)
            figures.Add(new(MetricCatalog.Cpu, Math.Clamp(Percent((now.Used - before.Used).Ticks, passed.Ticks * Environment.ProcessorCount), 0, 100)));
        _process = now;
        if (ReadLines(ProcessorFile) is not [var first, ..] || MachineTimes(first) is not { } machine)
            return figures;
        if (_machine is { } former && machine.Total > former.Total)
            figures.Add(new(MetricCatalog.MachineCpu, Percent(machine.Busy - former.Busy, machine.Total - former.Total)));
        _machine = machine;
        return figures;
    }

    /// <summary>The disk of the data: used and free. Nothing when the data is in memory.</summary>
    public IReadOnlyList<Figure> Disk()
    {
        if (storage.Kind == StorageKind.Memory)
            return [];
        var drive = new DriveInfo(storage.DataPath);
        // What is kept for the system counts as used: nobody else can write there.
        return drive.TotalSize <= 0 ? [] :
        [
            new(MetricCatalog.DiskUsed, Percent(drive.TotalSize - drive.AvailableFreeSpace, drive.TotalSize)),
            new(MetricCatalog.DiskFree, drive.AvailableFreeSpace),
        ];
    }

    /// <summary>The share of memory in use that <c>/proc/meminfo</c> tells; null when it does not.</summary>
    /// <param name="lines">Its lines.</param>
    internal static double? MachineMemory(IReadOnlyList<string> lines)
    {
        return Find("MemTotal:") is { } total and > 0 && Find("MemAvailable:") is { } free ? Percent(total - free, total) : null;

        long? Find(string name) => lines.FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal)) is { } line
            && long.TryParse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture, out var value) ? value : null;
    }

    /// <summary>Times of all processors by the first line of <c>/proc/stat</c>; null when it does not tell them.</summary>
    /// <param name="line">The line.</param>
    internal static (long Busy, long Total)? MachineTimes(string line)
    {
        var parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length < 9 || parts[0] != "cpu")
            return null;
        // user, nice, system, idle, iowait, irq, softirq, steal; what guests use is in user already.
        var times = new long[8];
        for (var i = 0; i < times.Length; i++)
        {
            if (!long.TryParse(parts[i + 1], CultureInfo.InvariantCulture, out times[i]))
                return null;
        }

        var total = times.Sum();
        return (total - times[3] - times[4], total);
    }

    private static double Percent(double part, double whole) => Math.Round(100 * part / whole, 2);

    private static IReadOnlyList<string>? ReadLines(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllLines(path) : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}

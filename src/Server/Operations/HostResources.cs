using Platform.Server.Composition;

namespace Platform.Server.Operations;

/// <summary>Looks at what the machine gives: disk and memory. Too little of it is a warning, while everything still works.</summary>
/// <param name="storage">Where the data lies.</param>
/// <param name="options">How much is too little.</param>
internal sealed class HostResources(StorageOptions storage, HealthOptions options)
{
    /// <summary>What is wrong with the disk of the data; null when nothing is, or there is none.</summary>
    public string? DiskWarning()
    {
        if (storage.Kind == StorageKind.Memory || options.DiskFreeBytesMin == 0)
            return null;
        try
        {
            var free = new DriveInfo(storage.DataPath).AvailableFreeSpace;
            return free >= options.DiskFreeBytesMin ? null : string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"The disk of {storage.DataPath} has {free:N0} bytes left; Health:DiskFreeBytesMin is {options.DiskFreeBytesMin:N0}.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return $"The free space of {storage.DataPath} cannot be found out: {exception.Message}";
        }
    }

    /// <summary>What is wrong with the memory; null when nothing is.</summary>
    public string? MemoryWarning()
    {
        var memory = GC.GetGCMemoryInfo();
        return MemoryWarning(Environment.WorkingSet, memory.TotalAvailableMemoryBytes, options.MemoryPercentMax);
    }

    /// <summary>The same, of given figures.</summary>
    /// <param name="used">Bytes in use by the process.</param>
    /// <param name="available">Bytes that it may have: those of the machine, or the limit of its container.</param>
    /// <param name="percentMax">Share that is not too much.</param>
    internal static string? MemoryWarning(long used, long available, int percentMax) => available <= 0 || used <= available / 100.0 * percentMax
        ? null
        : string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"The process uses {used:N0} of {available:N0} bytes of memory; Health:MemoryPercentMax is {percentMax}.");
}

using System.Collections.Concurrent;
using System.IO.MemoryMappedFiles;
using System.Text;

namespace Platform.Runtime.Recovering;

/// <summary>
/// Remembers in a small mapped file which instances execute code right now. The operating system keeps what was written when the process
/// ends in whatever way, so that the next start knows what ran at that moment; after a power cut it may know less, which does no harm.
/// Writing costs no call of the system. Without a file it remembers nothing.
/// </summary>
/// <param name="path">The file; its directory exists. Null for a recorder that remembers nothing.</param>
public sealed class FlightRecorder(string? path) : IDisposable
{
    private const int SlotCount = 1_024;
    private const int SlotSize = 128;
    private readonly ConcurrentQueue<int> _free = new(Enumerable.Range(0, SlotCount));
    private readonly Lock _ending = new();
    private MemoryMappedFile? _file;
    private MemoryMappedViewAccessor? _view;

    /// <summary>Opens the recorder and takes what the former process left. Only once, and only the process that owns the directory.</summary>
    /// <returns>The instances that executed when the former process ended without stopping, their ids as <see cref="Cut"/> gives them.</returns>
    /// <exception cref="IOException">The file cannot be written.</exception>
    internal IReadOnlySet<string> Open()
    {
        if (path is null)
            return new HashSet<string>();
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var content = new byte[SlotCount * SlotSize];
        using (var file = new FileStream(path, options))
        {
            _ = file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
            // Written in full, so that the file system cannot run out of space under the map.
            file.Position = 0;
            file.Write(new byte[content.Length]);
            file.Flush(flushToDisk: true);
        }

        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, SlotCount * SlotSize);
        _view = _file.CreateViewAccessor(0, SlotCount * SlotSize);
        return Read(content);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_ending)
        {
            _view?.Dispose();
            _file?.Dispose();
        }
    }

    /// <summary>The form in which an id is remembered.</summary>
    internal static string Cut(string instanceId)
    {
        if (Encoding.UTF8.GetByteCount(instanceId) < SlotSize)
            return instanceId;
        Span<byte> slot = stackalloc byte[SlotSize];
        return Encoding.UTF8.GetString(slot[1..(1 + Fill(slot, instanceId))]);
    }

    /// <summary>Notes that an instance begins to execute.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <returns>To be given to <see cref="Leave"/>; negative when it is not noted, because there is no file or too much runs at once.</returns>
    internal int Enter(string instanceId)
    {
        if (_view is null || !_free.TryDequeue(out var slot))
            return -1;
        Span<byte> bytes = stackalloc byte[SlotSize];
        bytes[0] = (byte)Fill(bytes, instanceId);
        _view.SafeMemoryMappedViewHandle.WriteSpan<byte>((ulong)(slot * SlotSize), bytes[..(bytes[0] + 1)]);
        return slot;
    }

    /// <summary>Notes that it has stopped executing.</summary>
    /// <param name="slot">What <see cref="Enter"/> gave.</param>
    internal void Leave(int slot)
    {
        // What outlives the stop of the host comes after the end.
        if (slot < 0 || _view!.SafeMemoryMappedViewHandle.IsClosed)
            return;
        _view.SafeMemoryMappedViewHandle.Write((ulong)(slot * SlotSize), (byte)0);
        _free.Enqueue(slot);
    }

    /// <summary>Forgets everything: the process stops as it should, and whatever still executes was told to.</summary>
    internal void Clear()
    {
        // A host that is stopped by two at once may be disposed by the first of them while the second still stops.
        lock (_ending)
        {
            if (_view is not { SafeMemoryMappedViewHandle.IsClosed: false })
                return;
            for (var slot = 0; slot < SlotCount; slot++)
                _view.SafeMemoryMappedViewHandle.Write((ulong)(slot * SlotSize), (byte)0);
        }
    }

    /// <summary>Writes an id behind the byte of its length, as much of it as fits.</summary>
    private static int Fill(Span<byte> slot, string instanceId)
    {
        Encoding.UTF8.GetEncoder().Convert(instanceId, slot[1..], flush: true, out _, out var count, out _);
        return count;
    }

    private static HashSet<string> Read(byte[] content)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        for (var slot = 0; slot < SlotCount; slot++)
        {
            var length = content[slot * SlotSize];
            if (length is > 0 and < SlotSize)
                found.Add(Encoding.UTF8.GetString(content, (slot * SlotSize) + 1, length));
        }

        return found;
    }
}

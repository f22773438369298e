using System.Collections.Concurrent;
using Platform.CustomActivities.Services;
using Platform.Engine.Secrets;
using Platform.Runtime;
using Platform.Server.Composition;

namespace Platform.Server.Supervision;

/// <summary>The logs of services and of the server itself, one folder each.</summary>
internal sealed class ServiceLogs : IDisposable
{
    /// <summary>The name under which the server's own log is found. No service can have it.</summary>
    public const string ServerName = "_server";

    private readonly ConcurrentDictionary<string, LineLog> _logs = new(StringComparer.Ordinal);
    private readonly SecretMask _mask;
    private readonly TimeProvider _clock;
    private readonly string _folder;
    private readonly bool _isTemporary;

    /// <summary>Makes the logs; nothing is on the disk before the first line.</summary>
    /// <param name="options">Where they lie.</param>
    /// <param name="storage">Where the data lies.</param>
    /// <param name="mask">Keeps secrets out.</param>
    /// <param name="ids">Makes ids.</param>
    /// <param name="clock">Time.</param>
    public ServiceLogs(SupervisionOptions options, StorageOptions storage, SecretMask mask, Ids ids, TimeProvider clock)
    {
        (_mask, _clock) = (mask, clock);
        _isTemporary = options.LogDirectory is null or "" && storage.Kind == StorageKind.Memory;
        _folder = _isTemporary ? Path.Combine(Path.GetTempPath(), $"platform-logs-{ids.New()}")
            : options.LogDirectory is { Length: > 0 } directory ? Path.GetFullPath(directory)
            : Path.Combine(storage.DataPath, "logs");
        if (!_isTemporary)
        {
            Server = Of(ServerName);
            Server.Limit(options.ServerLogBytesMax, options.ServerLogFiles);
        }
    }

    /// <summary>The log of the server; null when it has none, because its data are in memory.</summary>
    public LineLog? Server { get; }

    /// <summary>The log of a service.</summary>
    /// <param name="name">Its name: letters, digits, '-', '_' and '.', as the registry holds.</param>
    public LineLog Of(string name) => _logs.GetOrAdd(name.ToLowerInvariant(), key => new LineLog(Path.Combine(_folder, key), _mask.Apply, _clock));

    /// <summary>The log of a service, with its limits.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="process">Its limits.</param>
    public LineLog Of(string name, ServiceProcess process)
    {
        var log = Of(name);
        log.Limit(process.LogBytesMax, process.LogFiles);
        return log;
    }

    /// <summary>A text without secrets.</summary>
    /// <param name="text">The text.</param>
    public string Mask(string text) => _mask.Apply(text);

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var log in _logs.Values)
            log.Dispose();
        if (_isTemporary && Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }
}

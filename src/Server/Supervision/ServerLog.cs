using System.Globalization;
using System.Threading.Channels;

namespace Platform.Server.Supervision;

/// <summary>
/// Writes the server's own log into its files, beside the console, without keeping anybody waiting: when the disk is slower than the log
/// for long, lines are left out and counted. Nothing is written before the data directory belongs to this server.
/// </summary>
/// <param name="logs">Where to.</param>
internal sealed class ServerLog(ServiceLogs logs) : ILoggerProvider, IAsyncDisposable
{
    private const int WaitingMax = 8_192;
    private readonly Channel<(LogStream Stream, string Text)> _waiting = Channel.CreateBounded<(LogStream, string)>(WaitingMax);
    private int _leftOut;
    private Task _writing = Task.CompletedTask;

    private bool IsKept => logs.Server is not null;

    /// <summary>Begins to write.</summary>
    public void Open()
    {
        if (logs.Server is { } log)
            _writing = WriteAsync(log);
    }

    /// <inheritdoc />
    public ILogger CreateLogger(string categoryName) => new Writer(this, categoryName);

    /// <inheritdoc />
    public void Dispose() => _waiting.Writer.TryComplete();

    /// <summary>Ends when everything is written.</summary>
    public async ValueTask DisposeAsync()
    {
        Dispose();
        await _writing;
    }

    private async Task WriteAsync(LineLog log)
    {
        await foreach (var (stream, text) in _waiting.Reader.ReadAllAsync())
        {
            if (Interlocked.Exchange(ref _leftOut, 0) is > 0 and var count)
                log.Write(LogStream.Error, string.Create(CultureInfo.InvariantCulture, $"{count} lines were left out: the disk was too slow."));
            foreach (var line in text.Split('\n'))
                log.Write(stream, line.TrimEnd('\r'));
        }
    }

    private sealed class Writer(ServerLog owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => owner.IsKept && logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
                return;
            var text = string.Create(CultureInfo.InvariantCulture, $"{logLevel} {category}[{eventId.Id}] {formatter(state, exception)}{(exception is null ? "" : $"\n{exception}")}");
            if (!owner._waiting.Writer.TryWrite((logLevel >= LogLevel.Error ? LogStream.Error : LogStream.Out, text)))
                Interlocked.Increment(ref owner._leftOut);
        }
    }
}

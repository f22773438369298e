using System.Globalization;
using System.Text;
using Platform.Server.Security;

namespace Platform.Server.Supervision;

/// <summary>Where a line came from.</summary>
internal enum LogStream
{
    /// <summary>Standard output; of the server whatever is no error.</summary>
    Out,

    /// <summary>Standard error; of the server its errors.</summary>
    Error,
}

/// <summary>A line of a log.</summary>
/// <param name="At">When it was written.</param>
/// <param name="Stream">Where it came from.</param>
/// <param name="Text">The line.</param>
internal sealed record LogLine(DateTimeOffset At, LogStream Stream, string Text);

/// <summary>Which lines are wanted.</summary>
/// <param name="Text">What they contain, in any case; null for all.</param>
/// <param name="Since">The earliest; null for all.</param>
/// <param name="Stream">Where they came from; null for both.</param>
/// <param name="Take">How many at most; of more the newest.</param>
internal sealed record LogQuery(string? Text, DateTimeOffset? Since, LogStream? Stream, int Take);

/// <summary>
/// Lines in files of bounded size and number: <c>current.log</c>, then <c>1.log</c>, which is younger than <c>2.log</c>. A line is with the
/// operating system as soon as it is written, so that a kill of the server loses none. Thread-safe.
/// </summary>
/// <param name="folder">Where the files lie.</param>
/// <param name="mask">Keeps secrets out.</param>
/// <param name="clock">Time.</param>
internal sealed class LineLog(string folder, Func<string, string> mask, TimeProvider clock) : IDisposable
{
    private const string TimeForm = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
    private const int TimeLength = 24;
    private readonly Lock _sync = new();
    private FileStream? _file;
    private long _bytesMax = 5_000_000;
    private int _files = 5;

    /// <summary>The last line of the error stream that was not empty; null when there was none.</summary>
    public string? LastError { get; private set; }

    /// <summary>Sets how much is kept.</summary>
    /// <param name="bytesMax">Most bytes of a file.</param>
    /// <param name="files">Files.</param>
    public void Limit(long bytesMax, int files)
    {
        lock (_sync)
            (_bytesMax, _files) = (bytesMax, files);
    }

    /// <summary>Forgets the last error: another process writes from now on.</summary>
    public void ForgetError() => LastError = null;

    /// <summary>Writes a line. A disk that takes no more loses it; the process that wrote it goes on.</summary>
    /// <param name="stream">Where it came from.</param>
    /// <param name="text">The line.</param>
    public void Write(LogStream stream, string text)
    {
        var clean = mask(text);
        if (stream == LogStream.Error && !string.IsNullOrWhiteSpace(clean))
            LastError = clean;
        var line = Encoding.UTF8.GetBytes($"{clock.GetUtcNow().UtcDateTime.ToString(TimeForm, CultureInfo.InvariantCulture)} {(stream == LogStream.Out ? 'O' : 'E')} {clean}\n");
        lock (_sync)
        {
            try
            {
                _file ??= Open();
                if (_file.Length > 0 && _file.Length + line.Length > _bytesMax)
                    Rotate_NeedsLock();
                _file!.Write(line);
                _file.Flush();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                _file?.Dispose();
                _file = null;
            }
        }
    }

    /// <summary>Finds lines, the newest last.</summary>
    /// <param name="query">Which.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>The lines, and how many there are in all.</returns>
    public async Task<(IReadOnlyList<LogLine> Lines, int Count)> SearchAsync(LogQuery query, CancellationToken cancellationToken)
    {
        var found = new Queue<LogLine>();
        var count = 0;
        var files = OpenAll(query.Since);
        try
        {
            foreach (var file in files)
            {
                using var reader = new StreamReader(file, Encoding.UTF8);
                while (await reader.ReadLineAsync(cancellationToken) is { } text)
                {
                    if (Parse(text) is not { } line || !IsWanted(line, query))
                        continue;
                    count++;
                    found.Enqueue(line);
                    if (found.Count > query.Take)
                        found.Dequeue();
                }
            }
        }
        finally
        {
            foreach (var file in files)
                await file.DisposeAsync();
        }

        return ([.. found], count);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_sync)
        {
            _file?.Dispose();
            _file = null;
        }
    }

    private static bool IsWanted(LogLine line, LogQuery query) =>
        (query.Stream is null || line.Stream == query.Stream)
        && (query.Since is null || line.At >= query.Since)
        && (query.Text is null || line.Text.Contains(query.Text, StringComparison.OrdinalIgnoreCase));

    private static LogLine? Parse(string text)
    {
        // A line that the end of the machine cut in two.
        if (text.Length < TimeLength + 3 || !DateTimeOffset.TryParseExact(text.AsSpan(0, TimeLength), TimeForm, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
            return null;
        return new LogLine(at, text[TimeLength + 1] == 'E' ? LogStream.Error : LogStream.Out, text[(TimeLength + 3)..]);
    }

    private string PathOf(int number) => Path.Combine(folder, number == 0 ? "current.log" : string.Create(CultureInfo.InvariantCulture, $"{number}.log"));

    private FileStream Open()
    {
        PrivateFile.CreateDirectory(folder);
        // Without a buffer: what is written has left this process.
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var file = new FileStream(PathOf(0), options);
        file.Seek(0, SeekOrigin.End);
        if (file.Length == 0)
            return file;
        // A line that the end of the machine cut in two ends here.
        file.Seek(-1, SeekOrigin.End);
        if (file.ReadByte() != '\n')
            file.WriteByte((byte)'\n');
        return file;
    }

    private void Rotate_NeedsLock()
    {
        _file?.Dispose();
        _file = null;
        // Also those that are too many since less is kept.
        foreach (var number in Numbers().Where(number => number >= _files - 1))
            File.Delete(PathOf(number));
        for (var number = _files - 2; number >= 0; number--)
        {
            if (File.Exists(PathOf(number)))
                File.Move(PathOf(number), PathOf(number + 1), overwrite: true);
        }

        _file = Open();
    }

    /// <summary>The files, the oldest first. They stay readable while they are renamed and deleted.</summary>
    private List<FileStream> OpenAll(DateTimeOffset? since)
    {
        var files = new List<FileStream>();
        lock (_sync)
        {
            foreach (var path in Numbers().OrderDescending().Select(PathOf).Where(path => since is null || File.GetLastWriteTimeUtc(path) >= since.Value.UtcDateTime.AddSeconds(-1)))
                files.Add(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        }

        return files;
    }

    private IEnumerable<int> Numbers() => !Directory.Exists(folder) ? [] : Directory.EnumerateFiles(folder, "*.log").Select(Path.GetFileNameWithoutExtension)
        .Select(name => name == "current" ? 0 : int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1)
        .Where(number => number >= 0)
        .ToList();
}

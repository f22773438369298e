using System.Text;
using SQLitePCL;

namespace Platform.Storage.Sqlite;

/// <summary>
/// A prepared statement: bind its parameters in their order, then run it, or step through its rows and reset it. Binding starts anew
/// after a reset. Instants become UTC ticks here and nowhere else.
/// </summary>
internal sealed class Statement(Connection connection, sqlite3_stmt handle) : IDisposable
{
    private byte[] _text = new byte[256];
    private int _bound;

    public Statement Bind(long value) => Bound(raw.sqlite3_bind_int64(handle, ++_bound, value));

    public Statement Bind(bool value) => Bind(value ? 1L : 0L);

    public Statement Bind(DateTimeOffset value) => Bind(value.UtcTicks);

    public Statement Bind(DateTimeOffset? value) => value is { } instant ? Bind(instant.UtcTicks) : BindNull();

    public Statement Bind(string? value)
    {
        if (value is null)
            return BindNull();
        if (value.Length == 0)
            return Bound(raw.sqlite3_bind_text(handle, ++_bound, value)); // An empty span would become NULL.
        var most = Encoding.UTF8.GetMaxByteCount(value.Length);
        if (most <= _text.Length)
            return Bound(raw.sqlite3_bind_text(handle, ++_bound, _text.AsSpan(0, Encoding.UTF8.GetBytes(value, _text))));
        if (most > 64 * 1024)
            return Bound(raw.sqlite3_bind_text(handle, ++_bound, Encoding.UTF8.GetBytes(value).AsSpan()));
        _text = new byte[most];
        return Bind(value);
    }

    public Statement Bind(ReadOnlySpan<byte> value) => Bound(
        value.IsEmpty ? raw.sqlite3_bind_zeroblob(handle, ++_bound, 0) : raw.sqlite3_bind_blob(handle, ++_bound, value));

    /// <summary>Goes to the next row; false after the last one.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(handle);
        if (code == raw.SQLITE_ROW)
            return true;
        if (code == raw.SQLITE_DONE)
            return false;
        var failure = connection.Failure(code);
        Reset();
        throw failure;
    }

    /// <summary>Runs a statement without rows and makes it ready for the next time.</summary>
    public void Run()
    {
        Step();
        Reset();
    }

    public void Reset()
    {
        _bound = 0;
        raw.sqlite3_reset(handle); // It repeats the failure that Step has thrown.
    }

    /// <summary>Every row, made by a function; the statement is ready for the next time afterwards.</summary>
    public List<T> ToList<T>(Func<Statement, T> read)
    {
        var rows = new List<T>();
        while (Step())
            rows.Add(read(this));
        Reset();
        return rows;
    }

    /// <summary>The first row, made by a function, or null; the statement is ready for the next time afterwards.</summary>
    public T? FirstOrNull<T>(Func<Statement, T> read)
        where T : class
    {
        var row = Step() ? read(this) : null;
        Reset();
        return row;
    }

    /// <summary>The only column of the first row, or null; the statement is ready for the next time afterwards.</summary>
    public DateTimeOffset? FirstInstant()
    {
        var instant = Step() ? AtOrNull(0) : null;
        Reset();
        return instant;
    }

    public bool IsNull(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL;

    public long Number(int column) => raw.sqlite3_column_int64(handle, column);

    public bool Flag(int column) => raw.sqlite3_column_int(handle, column) != 0;

    public string Text(int column) => Encoding.UTF8.GetString(raw.sqlite3_column_blob(handle, column));

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    public byte[] Bytes(int column) => raw.sqlite3_column_blob(handle, column).ToArray();

    public DateTimeOffset At(int column) => new(Number(column), TimeSpan.Zero);

    public DateTimeOffset? AtOrNull(int column) => IsNull(column) ? null : At(column);

    public void Dispose() => handle.Dispose();

    private Statement BindNull() => Bound(raw.sqlite3_bind_null(handle, ++_bound));

    private Statement Bound(int code)
    {
        if (code == raw.SQLITE_OK)
            return this;
        var failure = connection.Failure(code);
        Reset();
        throw failure;
    }
}

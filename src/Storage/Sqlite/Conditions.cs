using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Platform.Storage.Sqlite;

/// <summary>
/// Builds the WHERE clause of a list from a filter. Clauses are constant text with question marks; every value is a parameter, and a
/// list of values is one parameter, so that ten thousand ids are no different from one.
/// </summary>
internal sealed class Conditions
{
    /// <summary>SQLite's own limit for a pattern is 50,000 bytes.</summary>
    private const int LikeLengthMax = 10_000;

    /// <summary>Name of the SQL function that compares by all of Unicode; LIKE knows case only for A to Z.</summary>
    private const string ContainsFunction = "contains_any_case";

    private const string EqualsFunction = "equals_any_case";

    private readonly List<string> _clauses = [];
    private readonly List<object> _values = [];

    private string? _lead;

    public bool IsEmpty => _clauses.Count == 0;

    /// <summary>What instances are selected from: "instances", or what leads to them, which may lead to one twice.</summary>
    public string Instances => _lead is null ? "instances" : $"({_lead}) CROSS JOIN instances ON number = led";

    public bool IsLed => _lead is not null;

    /// <summary>All clauses as one value: true when there are none.</summary>
    public string Expression => _clauses.Count == 0 ? "1" : string.Join(" AND ", _clauses);

    /// <summary>" WHERE ..." or nothing.</summary>
    public string Where => _clauses.Count == 0 ? "" : " WHERE " + Expression;

    /// <summary>Gives a connection the functions that conditions use.</summary>
    public static void AddFunctions(Connection connection)
    {
        connection.AddPredicate(ContainsFunction, static (text, part) => text.Contains(part, StringComparison.OrdinalIgnoreCase));
        connection.AddPredicate(
            EqualsFunction, static (text, other) => string.Equals(text.Trim(), other.Trim(), StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Reads only the instances whose numbers a statement selects as <c>led</c>, one after another, before anything is tested.</summary>
    public Conditions LeadBy(string sql, IReadOnlyList<object> values)
    {
        _lead = sql;
        _values.InsertRange(0, values);
        return this;
    }

    /// <summary>A clause without a value.</summary>
    public Conditions Add(string clause)
    {
        _clauses.Add(clause);
        return this;
    }

    /// <summary>A clause with one question mark; left out when there is no value.</summary>
    public Conditions Add(string clause, string? value)
    {
        if (value is not null)
            AddClause(clause, value);
        return this;
    }

    /// <inheritdoc cref="Add(string, string?)"/>
    public Conditions Add(string clause, long? value)
    {
        if (value is { } number)
            AddClause(clause, number);
        return this;
    }

    /// <inheritdoc cref="Add(string, string?)"/>
    public Conditions Add(string clause, bool? value) => Add(clause, value is null ? null : value.Value ? 1L : 0L);

    /// <summary>One of several values; left out when there is no list.</summary>
    public Conditions AddIn(string column, IReadOnlyCollection<string>? values)
    {
        if (values is { Count: 1 })
            AddClause($"{column} = ?", values.First());
        else if (values is not null)
            AddClause($"{column} IN (SELECT value FROM json_each(?))", Json(values));
        return this;
    }

    /// <summary>One of several numbers.</summary>
    public Conditions AddIn(string column, IEnumerable<long> values)
    {
        AddClause($"{column} IN (SELECT value FROM json_each(?))", Json(values));
        return this;
    }

    /// <summary>None of several texts.</summary>
    public Conditions AddNotIn(string column, IReadOnlyCollection<string> values)
    {
        AddClause($"{column} NOT IN (SELECT value FROM json_each(?))", Json(values));
        return this;
    }

    /// <summary>None of several numbers.</summary>
    public Conditions AddNotIn(string column, IEnumerable<long> values)
    {
        AddClause($"{column} NOT IN (SELECT value FROM json_each(?))", Json(values));
        return this;
    }

    /// <summary>A clause with a place for a list of numbers.</summary>
    /// <param name="format">The clause; {0} becomes as many question marks as there are numbers.</param>
    /// <param name="numbers">The numbers, a few.</param>
    public Conditions AddNumbers(string format, IReadOnlyCollection<long> numbers)
    {
        _clauses.Add(format.Replace("{0}", string.Join(", ", numbers.Select(_ => "?")), StringComparison.Ordinal));
        _values.AddRange(numbers.Cast<object>());
        return this;
    }

    /// <summary>A clause with as many question marks as there are texts.</summary>
    public Conditions AddTexts(string clause, IReadOnlyCollection<string> texts)
    {
        _clauses.Add(clause);
        _values.AddRange(texts);
        return this;
    }

    /// <summary>The term is contained in one of the columns, in any case.</summary>
    public Conditions AddSearch(string term, ReadOnlySpan<string> columns)
    {
        var clauses = new List<string>();
        var isPlain = IsPlain(term);
        foreach (var column in columns)
        {
            clauses.Add(isPlain ? $"{column} LIKE ? ESCAPE '\\'" : $"{ContainsFunction}({column}, ?)");
            _values.Add(isPlain ? Pattern(term) : term);
        }

        _clauses.Add($"({string.Join(" OR ", clauses)})");
        return this;
    }

    /// <summary>The text is the same in any case, without spaces around it.</summary>
    public Conditions AddSame(string column, string? text) => Add($"{EqualsFunction}({column}, ?)", text);

    /// <summary>One of the columns holds the text in any case, without spaces around it; left out when there is no text.</summary>
    public Conditions AddSame(ReadOnlySpan<string> columns, string? text)
    {
        if (text is null)
            return this;
        var clauses = new List<string>();
        foreach (var column in columns)
        {
            clauses.Add($"{EqualsFunction}({column}, ?)");
            _values.Add(text);
        }

        _clauses.Add($"({string.Join(" OR ", clauses)})");
        return this;
    }

    /// <summary>Joins alternatives to the clause that was added last.</summary>
    public Conditions OrIn(string column, IReadOnlyCollection<long> values)
    {
        if (values.Count == 0)
            return this;
        var last = _clauses[^1];
        _clauses.RemoveAt(_clauses.Count - 1);
        AddIn(column, values);
        _clauses[^1] = $"({last} OR {_clauses[^1]})";
        return this;
    }

    /// <summary>Binds the values in the order of their question marks.</summary>
    public Statement BindTo(Statement statement) => Bind(statement, _values);

    /// <summary>Binds texts and numbers.</summary>
    public static Statement Bind(Statement statement, IReadOnlyList<object> values)
    {
        foreach (var value in values)
        {
            if (value is long number)
                statement.Bind(number);
            else
                statement.Bind((string)value);
        }

        return statement;
    }

    /// <summary>Texts as the parameter that <c>json_each</c> takes.</summary>
    public static string Json(IEnumerable<string> values)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartArray();
            foreach (var value in values)
                writer.WriteStringValue(value);
            writer.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static bool IsPlain(string term)
    {
        foreach (var c in term)
        {
            if (c > 127 && char.ToUpperInvariant(c) != char.ToLowerInvariant(c))
                return false;
        }

        return term.Length <= LikeLengthMax;
    }

    private static string Pattern(string term)
    {
        var pattern = new StringBuilder("%", term.Length + 8);
        foreach (var c in term)
        {
            if (c is '%' or '_' or '\\')
                pattern.Append('\\');
            pattern.Append(c);
        }

        return pattern.Append('%').ToString();
    }

    private static string Json(IEnumerable<long> values) =>
        $"[{string.Join(',', values.Select(x => x.ToString(CultureInfo.InvariantCulture)))}]";

    private void AddClause(string clause, object value)
    {
        _clauses.Add(clause);
        _values.Add(value);
    }
}

using Platform.Runtime.Store;

namespace Platform.Storage.Sqlite;

/// <summary>
/// The part of an instance filter that the index of variables and words answers. What is rare leads to its rows; what is frequent is
/// tested row by row, for the page is soon found then.
/// </summary>
internal sealed class IndexedSearch
{
    /// <summary>Rows that one word may lead to; one with more is tested instead.</summary>
    private const int FoundMax = 10_000;

    /// <summary>The last character there is: what begins with a text comes before the text and this.</summary>
    private const string End = "\U0010FFFF";

    private readonly List<IReadOnlyList<long>> _variables;
    private readonly string _text;
    private readonly IReadOnlyList<string> _words;
    private readonly List<long>? _found;

    public IndexedSearch(Connection connection, InstanceFilter filter)
    {
        _variables = [.. (filter.Variables ?? []).Select(variable => variable.SoughtHashes())];
        _text = filter.Text ?? "";
        _words = SearchWords.Of(_text);
        _found = _text.Length == 0 ? null : Find(connection);
    }

    public bool IsNeeded => _variables.Count > 0 || _text.Length > 0;

    /// <summary>Adds the clauses to those of a list.</summary>
    /// <param name="conditions">The clauses so far.</param>
    /// <param name="leads">Whether the index may lead to the rows, instead of testing those that something else leads to.</param>
    public void AddTo(Conditions conditions, bool leads)
    {
        if (_found is not null)
            conditions.AddIn(leads ? "number" : "+number", _found);
        for (var i = 0; i < _variables.Count; i++)
        {
            if (leads && _found is null && i == 0)
                conditions.AddNumbers("number IN (SELECT instance FROM search_terms WHERE term IN ({0}))", _variables[i]);
            else
                conditions.AddNumbers("EXISTS (SELECT 1 FROM search_terms t WHERE t.instance = instances.number AND t.term IN ({0}))", _variables[i]);
        }

        if (_text.Length > 0)
            conditions.AddTexts(TextClause(), [_text, _text + End, _text, _text + End, .. _words.Select(word => " " + word)]);
    }

    private string TextClause()
    {
        const string ids = "(+id >= ? AND +id < ?) OR (+correlation_id >= ? AND +correlation_id < ?)";
        if (_words.Count == 0)
            return $"({ids})";
        var words = string.Concat(_words.Select(_ => " AND instr(e.words, ?) > 0"));
        return $"({ids} OR EXISTS (SELECT 1 FROM search_entries e WHERE e.instance = instances.number{words}))";
    }

    /// <summary>All rows that the text may mean; null when they are too many to lead to.</summary>
    private List<long>? Find(Connection connection)
    {
        var found = new HashSet<long>();
        foreach (var column in (ReadOnlySpan<string>)["id", "correlation_id"])
        {
            if (Range(connection, $"SELECT number FROM instances WHERE {column} >= ? AND {column} < ? LIMIT ?", _text) is not { } numbers)
                return null;
            found.UnionWith(numbers);
        }

        if (_words.Count == 0)
            return [.. found];
        HashSet<long>? byWords = null;
        foreach (var word in _words)
        {
            if (Range(connection, "SELECT instance FROM search_words WHERE word >= ? AND word < ? LIMIT ?", word) is not { } numbers)
                continue;
            if (byWords is null)
                byWords = [.. numbers];
            else
                byWords.IntersectWith(numbers);
        }

        if (byWords is null)
            return null;
        found.UnionWith(byWords);
        return [.. found];
    }

    private static List<long>? Range(Connection connection, string sql, string from)
    {
        var numbers = connection.Shared(sql).Bind(from).Bind(from + End).Bind(FoundMax + 1).ToList(static row => row.Number(0));
        return numbers.Count > FoundMax ? null : numbers;
    }
}

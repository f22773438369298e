using Platform.Runtime.Store;

namespace Platform.Storage.Sqlite;

/// <summary>
/// The part of an instance filter that the index of variables and words answers. The condition with the fewest entries leads to the
/// rows, the others are tested.
/// </summary>
internal sealed class IndexedSearch
{
    /// <summary>Rows that words are intersected to here; more are led to by one word and tested for the others.</summary>
    private const int FoundMax = 10_000;

    /// <summary>Entries whose rows can all be read and sorted: some ten milliseconds.</summary>
    private const int SortedMax = 30_000;

    /// <summary>The last character there is: what begins with a text comes before the text and this.</summary>
    private const string End = "\U0010FFFF";

    private const string TextLead =
        """
        SELECT number AS led FROM instances WHERE id >= ? AND id < ?
        UNION ALL SELECT number FROM instances WHERE correlation_id >= ? AND correlation_id < ?
        """;

    private const string WordLead = TextLead + " UNION ALL SELECT instance FROM search_words WHERE word >= ? AND word < ?";

    private readonly List<IReadOnlyList<long>> _variables;
    private readonly string _text;
    private readonly IReadOnlyList<string> _words;
    private readonly List<long>? _found;
    private readonly SearchLead? _lead;

    public IndexedSearch(Connection connection, InstanceFilter filter)
    {
        _variables = [.. (filter.Variables ?? []).Select(variable => variable.SoughtHashes())];
        _text = filter.Text ?? "";
        _words = SearchWords.Of(_text);
        _found = _text.Length == 0 ? null : Find(connection);
        if (_found is null)
            _lead = Leads().Select(lead => lead with { Entries = Count(connection, lead) }).MinBy(lead => lead.Entries);
    }

    public bool IsNeeded => _variables.Count > 0 || _text.Length > 0;

    /// <summary>Whether there are too many matches of each condition to read them all: then what comes first is soon found in any order.</summary>
    public bool IsFrequent => _lead is { Entries: > SortedMax };

    /// <summary>Adds the clauses to those of a list.</summary>
    /// <param name="conditions">The clauses so far.</param>
    /// <param name="leads">Whether the index may lead to the rows, instead of testing those that something else leads to.</param>
    public void AddTo(Conditions conditions, bool leads)
    {
        if (_found is not null)
            conditions.AddIn(leads ? "number" : "+number", _found);
        else if (leads && _lead is not null)
            conditions.LeadBy(_lead.Sql, _lead.Values);
        foreach (var hashes in _variables)
            conditions.AddNumbers("EXISTS (SELECT 1 FROM search_terms t WHERE t.instance = instances.number AND t.term IN ({0}))", hashes);
        if (_text.Length > 0)
            conditions.AddTexts(TextClause(), [_text, _text + End, _text, _text + End, .. _words.Select(word => " " + word)]);
    }

    private IEnumerable<SearchLead> Leads()
    {
        foreach (var hashes in _variables)
            yield return new($"SELECT instance AS led FROM search_terms WHERE term IN ({string.Join(", ", hashes.Select(_ => "?"))})", [.. hashes]);
        if (_words.Count == 0 && _text.Length > 0)
            yield return new(TextLead, [_text, _text + End, _text, _text + End]);
        foreach (var word in _words)
            yield return new(WordLead, [_text, _text + End, _text, _text + End, word, word + End]);
    }

    private static long Count(Connection connection, SearchLead lead)
    {
        var count = connection.Shared($"SELECT COUNT(*) FROM (SELECT 1 FROM ({lead.Sql}) LIMIT ?)");
        lead.BindTo(count).Bind(SortedMax + 1).Step();
        var entries = count.Number(0);
        count.Reset();
        return entries;
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

/// <summary>A condition of which the index can tell all rows.</summary>
/// <param name="Sql">Selects their numbers, some maybe twice, as <c>led</c>.</param>
/// <param name="Values">Texts and numbers for its question marks.</param>
internal sealed record SearchLead(string Sql, IReadOnlyList<object> Values)
{
    /// <summary>How many it selects, counted as far as that matters.</summary>
    public long Entries { get; init; }

    public Statement BindTo(Statement statement) => Conditions.Bind(statement, Values);
}

using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Platform.Engine.Secrets;

/// <summary>
/// Keeps the values of secrets out of everything that people read: records, incidents, answers. It knows the values, and replaces them
/// in texts, also as JSON and addresses write them. Costs nothing while there are no secrets, and one search of a text when there are.
/// Safe for concurrent use.
/// </summary>
public sealed class SecretMask
{
    /// <summary>What stands for a secret.</summary>
    public const string Masked = "***";

    /// <summary>Shortest value that can be told from other text, in characters.</summary>
    public const int LengthMin = 4;

    private readonly Lock _sync = new();
    private readonly HashSet<string> _values = new(StringComparer.Ordinal);
    private Known? _known;

    /// <summary>Whether there is nothing to mask.</summary>
    public bool IsEmpty => Volatile.Read(ref _known) is null;

    /// <summary>Remembers values. Shorter ones than <see cref="LengthMin"/> are not masked.</summary>
    /// <param name="values">The values of secrets.</param>
    public void Add(params IEnumerable<string> values)
    {
        lock (_sync)
        {
            var count = _values.Count;
            foreach (var value in values.Where(value => value.Length >= LengthMin))
            {
                _values.Add(value);
                _values.Add(JsonEncodedText.Encode(value).Value);
                _values.Add(JsonEncodedText.Encode(value, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).Value);
                _values.Add(Uri.EscapeDataString(value));
            }

            // Longer ones first: a value may contain another one.
            if (_values.Count > count)
                Volatile.Write(ref _known, new([.. _values.OrderByDescending(value => value.Length)], SearchValues.Create([.. _values], StringComparison.Ordinal)));
        }
    }

    /// <summary>The text without secrets; the same object when it holds none.</summary>
    /// <param name="text">The text.</param>
    public string Apply(string text)
    {
        if (Volatile.Read(ref _known) is not { } known || text.AsSpan().IndexOfAny(known.Search) < 0)
            return text;
        foreach (var value in known.LongestFirst)
            text = text.Replace(value, Masked, StringComparison.Ordinal);
        return text;
    }

    /// <summary>An exception as it is stored, without secrets.</summary>
    /// <param name="exception">The exception.</param>
    public ExceptionState Apply(ExceptionState exception) => IsEmpty
        ? exception
        : exception with
        {
            Message = Apply(exception.Message),
            StackTrace = exception.StackTrace is { } trace ? Apply(trace) : null,
            Inner = exception.Inner is { } inner ? Apply(inner) : null,
        };

    private sealed record Known(string[] LongestFirst, SearchValues<string> Search);
}

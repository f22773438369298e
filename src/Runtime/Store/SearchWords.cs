namespace Platform.Runtime.Store;

/// <summary>Splits texts into the words by which runs are found: letters and digits, in capitals.</summary>
public static class SearchWords
{
    /// <summary>Characters of a word that count.</summary>
    public const int LengthMax = 48;

    /// <summary>Adds the words of a text to a set until it has so many.</summary>
    /// <param name="text">The text.</param>
    /// <param name="words">Receives the words.</param>
    /// <param name="most">Most words in the set.</param>
    public static void AddTo(HashSet<string> words, string? text, int most)
    {
        var from = -1;
        for (var i = 0; i <= (text?.Length ?? 0); i++)
        {
            var isPart = i < (text?.Length ?? 0) && (char.IsLetterOrDigit(text![i]) || char.IsSurrogate(text[i]));
            if (isPart && from < 0)
            {
                from = i;
            }
            else if (!isPart && from >= 0)
            {
                if (words.Count >= most)
                    return;
                words.Add(Cut(text!.AsSpan(from, i - from)).ToUpperInvariant());
                from = -1;
            }
        }
    }

    /// <summary>The words of what somebody looks for.</summary>
    /// <param name="text">The text.</param>
    public static IReadOnlyList<string> Of(string text)
    {
        var words = new HashSet<string>(StringComparer.Ordinal);
        AddTo(words, text, int.MaxValue);
        return [.. words];
    }

    /// <summary>Never between the halves of a character.</summary>
    private static string Cut(ReadOnlySpan<char> word)
    {
        var length = Math.Min(word.Length, LengthMax);
        return (length < word.Length && char.IsHighSurrogate(word[length - 1]) ? word[..(length - 1)] : word[..length]).ToString();
    }
}

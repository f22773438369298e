namespace Platform.Server.Http;

/// <summary>How many bytes something in memory may still have.</summary>
/// <param name="max">Most bytes in all.</param>
/// <param name="option">The option that says so; named when it is exceeded.</param>
/// <param name="code">Code of that error; null for none.</param>
internal sealed class ByteLimit(long max, string option, string? code = null)
{
    private long _taken;

    /// <summary>Takes bytes.</summary>
    /// <param name="bytes">How many.</param>
    /// <exception cref="InvalidOperationException">There are fewer left.</exception>
    public void Take(long bytes)
    {
        Check(bytes);
        _taken += bytes;
    }

    /// <summary>Refuses what is larger than what is left, before all of it is in memory.</summary>
    /// <param name="bytes">Bytes of a content that is not taken yet.</param>
    /// <exception cref="InvalidOperationException">There are fewer left.</exception>
    public void Check(long bytes)
    {
        if (bytes > max - _taken)
            throw new InvalidOperationException($"{(code is null ? "" : code + ": ")}The content is larger than {max} bytes, the limit {option}. Send less, or raise the limit.");
    }
}

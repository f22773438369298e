namespace Platform.Server.Http;

/// <summary>A file that came with a request or a response. It does not outlive the burst; keep its bytes in a variable to do so.</summary>
/// <param name="stream">Its content.</param>
/// <param name="filename">Its name, or null.</param>
/// <param name="contentType">Its media type, or null.</param>
/// <param name="eTag">Its entity tag, or null.</param>
public sealed class HttpFile(Stream stream, string? filename = null, string? contentType = null, string? eTag = null)
{
    /// <summary>Its content.</summary>
    public Stream Stream { get; } = stream;

    /// <summary>Its name, or null.</summary>
    public string? Filename { get; } = filename;

    /// <summary>Its media type, or null.</summary>
    public string? ContentType { get; } = contentType;

    /// <summary>Its entity tag, or null.</summary>
    public string? ETag { get; } = eTag;
}

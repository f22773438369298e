namespace Platform.Server.Http;

/// <summary>Headers by name in any case, each with its values.</summary>
public sealed class HttpHeaders : Dictionary<string, string[]>
{
    /// <summary>Makes an empty set.</summary>
    public HttpHeaders()
        : base(StringComparer.OrdinalIgnoreCase)
    {
    }

    /// <summary>The headers of a response: those of the message and those of its content.</summary>
    /// <param name="response">The response.</param>
    internal static HttpHeaders From(HttpResponseMessage response)
    {
        var headers = new HttpHeaders();
        foreach (var (name, values) in response.Headers)
            headers[name] = [.. values];
        foreach (var (name, values) in response.Content.Headers)
            headers[name] = [.. values];
        return headers;
    }

    /// <summary>The headers of a message, or those of its content.</summary>
    /// <param name="given">The headers.</param>
    internal static HttpHeaders From(System.Net.Http.Headers.HttpHeaders given)
    {
        var headers = new HttpHeaders();
        foreach (var (name, values) in given)
            headers[name] = [.. values];
        return headers;
    }

    /// <summary>Checks a header that an author gave, so that no value can smuggle in another header.</summary>
    /// <param name="name">Name.</param>
    /// <param name="values">Values.</param>
    /// <exception cref="InvalidOperationException">The header cannot be sent.</exception>
    internal static void Check(string name, IReadOnlyList<string> values)
    {
        if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(NameCharacters))
            throw new InvalidOperationException($"'{name}' is not a header name. Use letters, digits and dashes.");
        foreach (var value in values)
        {
            if (value.AsSpan().ContainsAnyExceptInRange(' ', '~') && value.AsSpan().ContainsAnyExcept(ValueCharacters))
                throw new InvalidOperationException($"The value of the header '{name}' contains a line break or another character that headers cannot carry.");
        }
    }

    private static readonly System.Buffers.SearchValues<char> NameCharacters =
        System.Buffers.SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static readonly System.Buffers.SearchValues<char> ValueCharacters =
        System.Buffers.SearchValues.Create("\t " + string.Concat(Enumerable.Range('!', '~' - '!' + 1).Select(code => (char)code)));
}

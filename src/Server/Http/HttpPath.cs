using Microsoft.AspNetCore.Routing.Patterns;

namespace Platform.Server.Http;

/// <summary>Paths of HTTP endpoints in the one form in which they are stored, hashed and matched.</summary>
internal static class HttpPath
{
    /// <summary>Lower case, one leading slash, no trailing one.</summary>
    /// <param name="path">Path as an author wrote it: a route template.</param>
    /// <exception cref="InvalidOperationException">The path cannot be used; the message says why.</exception>
    public static string Normalize(string? path)
    {
        var trimmed = path?.Trim() ?? "";
        if (trimmed.Contains("//", StringComparison.Ordinal))
            throw new InvalidOperationException($"The path '{path}' contains '//'. Write single slashes, for example 'orders/{{id}}'.");
        var template = trimmed.Trim('/');
        if (template.Length == 0)
            throw new InvalidOperationException("The path is empty. Give the input 'Path' one, for example 'orders/{id}'.");
        if (template.IndexOfAny(['?', '#']) >= 0 && !template.Contains('{', StringComparison.Ordinal))
            throw new InvalidOperationException($"The path '{path}' has a query or a fragment. Leave out everything from '?' or '#'.");
        // Lower case, as Elsa stores it: route keys are lower-case in consequence.
        template = template.ToLowerInvariant();
        try
        {
            RoutePatternFactory.Parse(template);
        }
        catch (RoutePatternException exception)
        {
            throw new InvalidOperationException($"The path '{path}' is not a valid route template: {exception.Message}", exception);
        }

        return "/" + template;
    }

    /// <summary>A method as it is stored and hashed: lower case.</summary>
    /// <param name="method">Method in any case.</param>
    public static string NormalizeMethod(string method) => method switch
    {
        "GET" => "get",
        "POST" => "post",
        "PUT" => "put",
        "DELETE" => "delete",
        "PATCH" => "patch",
        "HEAD" => "head",
        "OPTIONS" => "options",
        _ => method.Trim().ToLowerInvariant(),
    };
}

using System.Net;
using System.Text.RegularExpressions;

namespace Platform.Heal7;

/// <summary>A document to read.</summary>
/// <param name="Content">Plain text or HTML.</param>
public sealed record ExtractRequest(string Content);

/// <summary>A text with places to fill.</summary>
/// <param name="Template">Text with places like <c>{{name}}</c>.</param>
/// <param name="Values">What to put there.</param>
public sealed record FillRequest(string Template, Dictionary<string, string> Values);

/// <summary>The paperwork service: <c>POST /extract</c> finds text and fields in a document, <c>POST /fill</c> fills a template.</summary>
public static partial class Paperwork
{
    internal static void Map(WebApplication app)
    {
        app.MapPost("/extract", (ExtractRequest request) =>
        {
            var text = TextOf(request.Content);
            return Results.Json(new { text, words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length, fields = FieldsOf(text) });
        });
        app.MapPost("/fill", (FillRequest request) =>
        {
            var (text, missing) = Fill(request.Template, request.Values);
            return Results.Json(new { text, missing }, statusCode: missing.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity);
        });
    }

    /// <summary>The text of a document: without tags, scripts and needless blanks; one line per block.</summary>
    /// <param name="content">Plain text or HTML.</param>
    public static string TextOf(string content)
    {
        var text = content;
        if (Tag().IsMatch(text))
        {
            text = Invisible().Replace(text, "");
            text = Block().Replace(Blanks().Replace(text, " "), "\n");
            text = WebUtility.HtmlDecode(Tag().Replace(text, ""));
        }

        return string.Join('\n', text.Split('\n').Select(line => Blanks().Replace(line, " ").Trim()).Where(line => line.Length > 0));
    }

    /// <summary>Fields that stand in lines of their own, as <c>Name: value</c>.</summary>
    /// <param name="text">The text.</param>
    public static IReadOnlyDictionary<string, string> FieldsOf(string text)
    {
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (Match match in Field().Matches(text))
            fields.TryAdd(match.Groups["name"].Value.Trim(), match.Groups["value"].Value.Trim());
        return fields;
    }

    /// <summary>Fills a template.</summary>
    /// <param name="template">Text with places like <c>{{name}}</c>.</param>
    /// <param name="values">What to put there, by name in any case.</param>
    /// <returns>The text, and the names that no value was given for; their places stay.</returns>
    public static (string Text, IReadOnlyList<string> Missing) Fill(string template, IReadOnlyDictionary<string, string> values)
    {
        var known = new Dictionary<string, string>(values, StringComparer.OrdinalIgnoreCase);
        var missing = new List<string>();
        var text = Place().Replace(template, match =>
        {
            if (known.TryGetValue(match.Groups["name"].Value, out var value))
                return value;
            missing.Add(match.Groups["name"].Value);
            return match.Value;
        });
        return (text, [.. missing.Distinct(StringComparer.OrdinalIgnoreCase)]);
    }

    [GeneratedRegex("</?[a-z][^>]*>", RegexOptions.IgnoreCase, 1000)]
    internal static partial Regex Tag();

    [GeneratedRegex("<(script|style)[^>]*>.*?</(script|style)>|<!--.*?-->", RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Invisible();

    [GeneratedRegex("</?(p|div|br|li|tr|h[1-6]|table|ul|ol|section|article)[^>]*>", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Block();

    [GeneratedRegex(@"\s+", RegexOptions.None, 1000)]
    private static partial Regex Blanks();

    [GeneratedRegex(@"^(?<name>[\p{L}][\p{L}\p{N} ._-]{0,60}):[ \t]*(?<value>\S.*)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Field();

    [GeneratedRegex(@"\{\{\s*(?<name>[\p{L}\p{N}._-]+)\s*\}\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Place();
}

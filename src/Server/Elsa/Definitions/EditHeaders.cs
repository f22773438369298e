using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Platform.Runtime.Definitions;

namespace Platform.Server.Elsa.Definitions;

/// <summary>
/// How editors say what they have seen. The server names the revision of a definition in <c>ETag</c>; a change with <c>If-Match</c> is done
/// only when that is still its revision. A browser tab also names itself in <c>Platform-Tab</c>: then its own changes need no answer before
/// the next one goes out. Requests without <c>If-Match</c> overwrite, as Elsa does.
/// </summary>
internal static class EditHeaders
{
    /// <summary>Name of the header by which a tab names itself.</summary>
    public const string Tab = "Platform-Tab";

    private const int LengthMax = 100;

    /// <summary>What a request says it has seen; null when it says nothing.</summary>
    /// <param name="request">The request.</param>
    /// <param name="refusal">Set when the headers cannot be read.</param>
    public static EditBasis? BasisOf(HttpRequest request, ref IResult? refusal)
    {
        var match = request.Headers.IfMatch;
        var tab = request.Headers[Tab];
        if (tab.Count > 0 && tab is not [{ Length: > 0 and <= LengthMax }])
            refusal = Problems.Invalid("WF4781", "$", $"{Tab} must be sent once, with 1 to {LengthMax} characters.");
        if (match.Count == 0 || refusal is not null)
            return null;
        if (match is [{ } text] && EntityTagHeaderValue.TryParse(text, out var parsed) && !parsed.IsWeak && parsed.Tag is [ '"', .., '"'] and { Length: > 2 and <= LengthMax })
            return new EditBasis(parsed.Tag.Subsegment(1, parsed.Tag.Length - 2).ToString(), tab.Count > 0 ? tab[0] : null);
        refusal = Problems.Invalid("WF4781", "$", "If-Match must hold one entity tag, in quotes, as the server gave it in ETag.");
        return null;
    }

    /// <summary>Names the revision of what is answered.</summary>
    /// <param name="response">The response.</param>
    /// <param name="revision">The revision; null says nothing.</param>
    public static void Set(HttpResponse response, string? revision)
    {
        if (revision is not null)
            response.Headers.ETag = new StringValues($"\"{revision}\"");
    }

    /// <summary>Names the revision after a change.</summary>
    /// <param name="response">The response.</param>
    /// <param name="result">What became of the change.</param>
    public static void Set(HttpResponse response, DefinitionResult result) => Set(response, result switch
    {
        DefinitionResult.Saved saved => saved.Revision,
        DefinitionResult.AlreadyPublished already => already.Revision,
        _ => null,
    });
}

using Platform.Runtime.Definitions;

namespace Platform.Server.Elsa.Definitions;

/// <summary>
/// What somebody has seen who changes several definitions at once: <c>revisions</c> of the body name it one by one, <c>If-Match</c> for a
/// single one. What is not named is changed whatever somebody else has done.
/// </summary>
internal sealed class BulkBasis
{
    private readonly Dictionary<string, EditBasis> _byId = new(StringComparer.Ordinal);

    private BulkBasis()
    {
    }

    /// <summary>What was left because somebody else has changed them.</summary>
    public List<string> Conflicts { get; } = [];

    /// <summary>The same; null when there are none, so that answers without conflicts are Elsa's.</summary>
    public IReadOnlyList<string>? ConflictsOrNull => Conflicts.Count == 0 ? null : Conflicts;

    /// <summary>The ids of a request, each once.</summary>
    /// <param name="ids">As they were sent.</param>
    public static IEnumerable<string> Given(IReadOnlyList<string>? ids) => (ids ?? []).Where(id => !string.IsNullOrEmpty(id)).Distinct(StringComparer.Ordinal);

    /// <summary>What a request about definitions says.</summary>
    /// <param name="request">The request.</param>
    /// <param name="body">Its body.</param>
    /// <param name="refusal">Set when it cannot be read.</param>
    public static BulkBasis Of(HttpRequest request, DefinitionIdsRequest body, ref IResult? refusal) =>
        Of(request, body.DefinitionIds, body.Revisions, null, ref refusal);

    /// <summary>What a request about versions says. Several may be of one definition, which each deletion changes: the request has seen its own.</summary>
    /// <param name="request">The request.</param>
    /// <param name="body">Its body.</param>
    /// <param name="refusal">Set when it cannot be read.</param>
    public static BulkBasis Of(HttpRequest request, VersionIdsRequest body, ref IResult? refusal) =>
        Of(request, body.Ids, body.Revisions, "request " + request.HttpContext.TraceIdentifier, ref refusal);

    private static BulkBasis Of(HttpRequest request, IReadOnlyList<string>? ids, IReadOnlyDictionary<string, string>? revisions, string? editor, ref IResult? refusal)
    {
        var seen = new BulkBasis();
        var basis = EditHeaders.BasisOf(request, ref refusal);
        foreach (var (id, revision) in revisions ?? new Dictionary<string, string>())
            seen._byId[id] = new EditBasis(revision, request.Headers[EditHeaders.Tab] is [{ } tab] ? tab : editor);
        if (basis is null || refusal is not null)
            return seen;
        if (Given(ids).ToList() is [var single])
            seen._byId[single] = basis;
        else
            refusal = Problems.Invalid("WF4781", "$", "If-Match is about one workflow. Name what was seen of several in 'revisions', by the ids of the request.");
        return seen;
    }

    /// <summary>What was seen of a definition; null when that is not said.</summary>
    /// <param name="id">The definition, or the version of it that the request names.</param>
    public EditBasis? Find(string id) => _byId.GetValueOrDefault(id);
}

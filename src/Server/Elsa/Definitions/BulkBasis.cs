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

    /// <summary>Definitions that were left because somebody else has changed them.</summary>
    public List<string> Conflicts { get; } = [];

    /// <summary>The same; null when there are none, so that answers without conflicts are Elsa's.</summary>
    public IReadOnlyList<string>? ConflictsOrNull => Conflicts.Count == 0 ? null : Conflicts;

    /// <summary>The ids of a request, each once.</summary>
    /// <param name="ids">As they were sent.</param>
    public static IEnumerable<string> Given(IReadOnlyList<string>? ids) => (ids ?? []).Where(id => !string.IsNullOrEmpty(id)).Distinct(StringComparer.Ordinal);

    /// <summary>What a request says.</summary>
    /// <param name="request">The request.</param>
    /// <param name="body">Its body.</param>
    /// <param name="refusal">Set when it cannot be read.</param>
    public static BulkBasis Of(HttpRequest request, DefinitionIdsRequest body, ref IResult? refusal)
    {
        var seen = new BulkBasis();
        var basis = EditHeaders.BasisOf(request, ref refusal);
        foreach (var (id, revision) in body.Revisions ?? new Dictionary<string, string>())
            seen._byId[id] = new EditBasis(revision, basis?.Editor ?? (request.Headers[EditHeaders.Tab] is [{ } tab] ? tab : null));
        if (basis is null || refusal is not null)
            return seen;
        if (Given(body.DefinitionIds).ToList() is [var single])
            seen._byId[single] = basis;
        else
            refusal = Problems.Invalid("WF4781", "$", "If-Match is about one workflow. Name what was seen of several in 'revisions', by definition id.");
        return seen;
    }

    /// <summary>What was seen of a definition; null when that is not said.</summary>
    /// <param name="id">The definition.</param>
    public EditBasis? Find(string id) => _byId.GetValueOrDefault(id);
}

using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Platform.Runtime;
using Platform.Runtime.Audit;
using Platform.Runtime.Store;

namespace Platform.Server.Elsa.Labels;

/// <summary>
/// Labels, and which definition versions carry them. A label is a document of kind <c>label</c>; what a version carries is one of kind
/// <c>definition-labels</c> under the version's id. What versions that are gone carried goes with the next change.
/// </summary>
/// <param name="store">Where they are kept.</param>
/// <param name="ids">Makes ids.</param>
internal sealed class Labels(IWorkflowStore store, Ids ids) : IDisposable
{
    /// <summary>Most labels there may be, and most that a version may carry: they are read as a whole.</summary>
    public const int CountMax = 1_000;

    private const string Kind = "label";
    private const string CarriedKind = "definition-labels";
    private const int NameLengthMax = 100;
    private const int ColorLengthMax = 50;
    private const int DescriptionLengthMax = 1_000;
    private readonly SemaphoreSlim _changing = new(1, 1);

    /// <summary>All labels by name.</summary>
    public async ValueTask<IReadOnlyList<Label>> ListAsync(CancellationToken cancellationToken) =>
        [.. (await store.ListDocumentsAsync(Kind, cancellationToken)).Select(Read).OrderBy(label => label.NormalizedName, StringComparer.Ordinal)];

    /// <summary>A label, or null.</summary>
    public async ValueTask<Label?> FindAsync(string id, CancellationToken cancellationToken) =>
        await store.FindDocumentAsync(Kind, id, cancellationToken) is { } document ? Read(document) : null;

    /// <summary>Makes a label, or changes one.</summary>
    /// <param name="id">The label to change; null for a new one.</param>
    /// <param name="given">What it is to be.</param>
    /// <param name="cancellationToken">Ends the wait for earlier changes.</param>
    /// <returns>The label, or why not; neither when there is none with this id.</returns>
    public async ValueTask<(Label? Label, string? Why)> SaveAsync(string? id, LabelContent given, CancellationToken cancellationToken)
    {
        if (given.WhyUnusable(NameLengthMax, DescriptionLengthMax, ColorLengthMax) is { } why)
            return (null, why);
        await _changing.WaitAsync(cancellationToken);
        try
        {
            var all = await ListAsync(cancellationToken);
            var former = id is null ? null : all.FirstOrDefault(label => label.Id == id);
            if (id is not null && former is null)
                return (null, null);
            var label = new Label(id ?? ids.New(), given.Name!.Trim(), given.Name.Trim().ToLowerInvariant(), given.Description, given.Color);
            if (all.Any(other => other.Id != label.Id && other.NormalizedName == label.NormalizedName))
                return (null, $"There is a label '{label.Name}' already.");
            if (id is null && all.Count >= CountMax)
                return (null, $"There are {CountMax} labels, which is the most that there may be. Delete one first.");
            var commit = new Commit { Documents = [new(Kind, label.Id, JsonSerializer.Serialize(label, LabelJson.Default.Label))] };
            AuditScope.Current?.AddTo(commit, ChangeOf(label, former, label));
            await store.CommitAsync(commit, CancellationToken.None);
            return (label, null);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Deletes a label, also where it is carried.</summary>
    /// <returns>False when there is none with this id.</returns>
    public async ValueTask<bool> DeleteAsync(string id, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            if (await FindAsync(id, cancellationToken) is not { } label)
                return false;
            var commit = new Commit { Documents = [], DeletedDocuments = [new(Kind, id)] };
            foreach (var (versionId, carried) in await ReadCarriedAsync(commit, cancellationToken))
            {
                if (carried.Contains(id))
                    Carry(commit, versionId, [.. carried.Where(other => other != id)]);
            }

            AuditScope.Current?.AddTo(commit, ChangeOf(label, label, null));
            await store.CommitAsync(commit, CancellationToken.None);
            return true;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Ids of the labels that a version carries.</summary>
    public async ValueTask<IReadOnlyList<string>> OfAsync(string versionId, CancellationToken cancellationToken) =>
        await store.FindDocumentAsync(CarriedKind, versionId, cancellationToken) is { } document ? ReadIds(document) : [];

    /// <summary>Lets a version carry exactly these labels.</summary>
    /// <returns>Why not; null when it is done.</returns>
    public async ValueTask<string?> SetAsync(string versionId, IReadOnlyList<string> labelIds, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            var known = (await ListAsync(cancellationToken)).Select(label => label.Id).ToHashSet(StringComparer.Ordinal);
            if (labelIds.FirstOrDefault(id => !known.Contains(id)) is { } unknown)
                return $"There is no label '{unknown}'.";
            var commit = new Commit { Documents = [], DeletedDocuments = [] };
            var former = (await ReadCarriedAsync(commit, cancellationToken)).GetValueOrDefault(versionId, []);
            Carry(commit, versionId, labelIds);
            AuditScope.Current?.AddTo(commit, new AuditChange("workflowVersion", versionId, null)
            {
                Before = new JsonObject { ["labelIds"] = ToArray(former) },
                After = new JsonObject { ["labelIds"] = ToArray(labelIds) },
            });
            await store.CommitAsync(commit, CancellationToken.None);
            return null;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Ids of the versions that carry any of the labels.</summary>
    public async ValueTask<IReadOnlyList<string>> CarriersOfAsync(IReadOnlyCollection<string> labelIds, CancellationToken cancellationToken) =>
        [.. (await store.ListDocumentsAsync(CarriedKind, cancellationToken)).Where(document => ReadIds(document).Any(labelIds.Contains)).Select(document => document.Id)];

    /// <inheritdoc />
    public void Dispose() => _changing.Dispose();

    /// <summary>What the versions that there are carry; the rest is deleted by the commit.</summary>
    private async ValueTask<Dictionary<string, IReadOnlyList<string>>> ReadCarriedAsync(Commit commit, CancellationToken cancellationToken)
    {
        var documents = await store.ListDocumentsAsync(CarriedKind, cancellationToken);
        var filter = new DefinitionFilter { Ids = [.. documents.Select(document => document.Id)] };
        var there = (await store.ListDefinitionsAsync(filter, cancellationToken)).Items.Select(version => version.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var document in documents.Where(document => !there.Contains(document.Id)))
            commit.DeletedDocuments!.Add(new(CarriedKind, document.Id));
        return documents.Where(document => there.Contains(document.Id)).ToDictionary(document => document.Id, ReadIds, StringComparer.Ordinal);
    }

    private static void Carry(Commit commit, string versionId, IReadOnlyList<string> labelIds)
    {
        if (labelIds.Count == 0)
            commit.DeletedDocuments!.Add(new(CarriedKind, versionId));
        else
            commit.Documents!.Add(new(CarriedKind, versionId, JsonSerializer.Serialize(labelIds, LabelJson.Default.IReadOnlyListString)));
    }

    private static AuditChange ChangeOf(Label label, Label? before, Label? after) =>
        new("label", label.Id, label.Name) { Before = ToObject(before), After = ToObject(after) };

    private static JsonObject? ToObject(Label? label) =>
        label is null ? null : new JsonObject { ["name"] = label.Name, ["description"] = label.Description, ["color"] = label.Color };

    private static JsonArray ToArray(IReadOnlyList<string> labelIds) => new([.. labelIds.Select(id => (JsonNode)id)]);

    private static Label Read(StoredDocument document) => JsonSerializer.Deserialize(document.Json, LabelJson.Default.Label)!;

    private static IReadOnlyList<string> ReadIds(StoredDocument document) => JsonSerializer.Deserialize(document.Json, LabelJson.Default.IReadOnlyListString)!;
}

/// <summary>A label, as stored and on the wire.</summary>
/// <param name="Id">Id.</param>
/// <param name="Name">Name, unique in any case.</param>
/// <param name="NormalizedName">The name in small letters.</param>
/// <param name="Description">What it is for, or null.</param>
/// <param name="Color">How editors show it, or null.</param>
internal sealed record Label(string Id, string Name, string NormalizedName, string? Description, string? Color);

/// <summary>What somebody wants a label to be.</summary>
internal sealed record LabelContent
{
    /// <summary>Name, 1 to 100 characters.</summary>
    public string? Name { get; init; }

    /// <summary>What it is for, at most 1,000 characters.</summary>
    public string? Description { get; init; }

    /// <summary>How editors show it, at most 50 characters: <c>#3366ff</c>.</summary>
    public string? Color { get; init; }

    /// <summary>Why it cannot be; null when it can.</summary>
    public string? WhyUnusable(int nameLengthMax, int descriptionLengthMax, int colorLengthMax)
    {
        if (string.IsNullOrWhiteSpace(Name) || Name.Length > nameLengthMax || Name.Contains(',', StringComparison.Ordinal) || Name.Any(char.IsControl))
            return $"The name of a label has 1 to {nameLengthMax} characters, no comma and no control characters.";
        if (Description?.Length > descriptionLengthMax)
            return $"The description of a label has at most {descriptionLengthMax} characters.";
        return Color?.Length > colorLengthMax ? $"The color of a label has at most {colorLengthMax} characters." : null;
    }
}

/// <summary>How labels are stored.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Label))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class LabelJson : JsonSerializerContext;

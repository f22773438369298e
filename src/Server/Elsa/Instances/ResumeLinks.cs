using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Platform.Engine.Values;
using Platform.Runtime.Activities;
using Platform.Runtime.Audit;
using Platform.Runtime.Execution;
using Platform.Runtime.Explanations;
using Platform.Runtime.Store;
using Platform.Server.Security;

namespace Platform.Server.Elsa.Instances;

/// <summary>
/// Links that go on with one waiting activity of one instance, once. Whoever holds the link may use it until it expires or is used. That
/// it was used is stored in the commit of what it causes, so that neither a crash nor two people at once make it happen twice.
/// </summary>
/// <param name="key">The server's secret; links are signed with it.</param>
/// <param name="terms">Where links lead, and until when.</param>
/// <param name="store">Knows which links were used.</param>
/// <param name="runtime">Resumes instances.</param>
/// <param name="explainer">Knows what instances wait for.</param>
internal sealed class ResumeLinks(ServerKey key, LinkTerms terms, IWorkflowStore store, WorkflowRuntime runtime, InstanceExplainer explainer)
{
    /// <summary>How long a link can be used when nobody says otherwise.</summary>
    public static readonly TimeSpan LifetimeDefault = TimeSpan.FromDays(7);

    private const string Function = "createResumeUrl";
    private const string MarkKind = "usedLink:";
    private const int InputLengthMax = 2_000;
    private const int IdBytes = 12;
    private readonly SignedText _signed = new(key.Derive("resume links"));
    private string _forgottenDay = "";

    /// <summary>A link.</summary>
    /// <param name="target">What it goes on with.</param>
    /// <param name="lifetimeOrExpiry">How long it can be used, or until when; null for seven days.</param>
    /// <param name="input">Inputs that come with it, which whoever holds the link cannot change; null for none.</param>
    /// <exception cref="ArgumentException">The time is over or too long, or the inputs are too large.</exception>
    public ResumeLink Create(ResumeTarget target, object? lifetimeOrExpiry, JsonObject? input)
    {
        if (string.IsNullOrWhiteSpace(target.BookmarkId) && string.IsNullOrWhiteSpace(target.Activity))
            throw new ArgumentException($"{Function} needs the id or the name of the activity that will wait.", nameof(target));
        var expiresAt = terms.ExpiryOf(Function, lifetimeOrExpiry ?? LifetimeDefault);
        var text = input?.ToJsonString() ?? "";
        if (text.Length > InputLengthMax)
            throw new ArgumentException($"The inputs of {Function} are longer than {InputLengthMax} characters. Keep them in a variable of the workflow.", nameof(input));
        var id = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(IdBytes));
        var content = string.Join('\n', expiresAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), id, target.InstanceId, target.BookmarkId, target.Activity, text);
        return new ResumeLink($"{terms.Origin}{ElsaApi.Prefix}/bookmarks/resume?t={_signed.Write(content)}", DateTimeOffset.FromUnixTimeSeconds(expiresAt.ToUnixTimeSeconds()));
    }

    /// <summary>What a link of ours says, an expired one too; null for any other.</summary>
    /// <param name="token">The token.</param>
    public ResumeTicket? Read(string? token) =>
        _signed.Read(token)?.Split('\n', 6) is [var expiry, var id, var instanceId, var bookmarkId, var activity, var input]
            ? new ResumeTicket(
                id,
                new ResumeTarget(instanceId, bookmarkId.Length == 0 ? null : bookmarkId, activity.Length == 0 ? null : activity),
                DateTimeOffset.FromUnixTimeSeconds(long.Parse(expiry, CultureInfo.InvariantCulture)),
                input.Length == 0 ? null : JsonNode.Parse(input) as JsonObject)
            : null;

    /// <summary>Whether a link can be used at the moment.</summary>
    /// <param name="ticket">What the link says.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public async ValueTask<ResumeLinkState> StateAsync(ResumeTicket ticket, CancellationToken cancellationToken)
    {
        if (ticket.ExpiresAt <= terms.Now)
            return ResumeLinkState.Expired;
        if (await store.FindDocumentAsync(KindOf(ticket.ExpiresAt), ticket.Id, cancellationToken) is not null)
            return ResumeLinkState.Used;
        return await FindBookmarkAsync(ticket.Target, cancellationToken) is null ? ResumeLinkState.Gone : ResumeLinkState.Usable;
    }

    /// <summary>Uses a link: goes on with the activity and marks the link as used, in one commit.</summary>
    /// <param name="ticket">What the link says.</param>
    /// <param name="input">Inputs that whoever uses it gives; those of the link go before them.</param>
    /// <param name="cancellationToken">Ends the wait for the instance.</param>
    public async ValueTask<ResumeLinkState> UseAsync(ResumeTicket ticket, JsonObject? input, CancellationToken cancellationToken)
    {
        if (await StateAsync(ticket, cancellationToken) is not ResumeLinkState.Usable and var state)
            return state;
        if (await FindBookmarkAsync(ticket.Target, cancellationToken) is not { } bookmark)
            return ResumeLinkState.Gone;
        var kind = KindOf(ticket.ExpiresAt);
        var forgotten = await FindForgottenAsync(cancellationToken);
        var mark = new StoredDocument(kind, ticket.Id, new JsonObject { ["instanceId"] = bookmark.InstanceId, ["usedAt"] = terms.Now }.ToJsonString());
        var audit = AuditScope.Current;
        var result = await runtime.ResumeOnceAsync(
            bookmark,
            InputOf(ticket.Input, input),
            new DocumentKey(kind, ticket.Id),
            commit =>
            {
                (commit.Documents ??= []).Add(mark);
                (commit.DeletedDocuments ??= []).AddRange(forgotten);
                audit?.AddTo(commit, new AuditChange("instance", bookmark.InstanceId, null) { After = new JsonObject { ["bookmark"] = bookmark.Name, ["link"] = ticket.Id } });
            },
            cancellationToken);
        return result switch
        {
            null => ResumeLinkState.Used,
            ResumeResult.Resumed => ResumeLinkState.Usable,
            _ => ResumeLinkState.Gone,
        };
    }

    /// <summary>Marks are kept until their link expires, under the day on which it does: so they are forgotten without looking at all others.</summary>
    private static string KindOf(DateTimeOffset expiresAt) => MarkKind + expiresAt.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static Dictionary<string, object?>? InputOf(JsonObject? signed, JsonObject? given)
    {
        if (signed is null && given is null)
            return null;
        var merged = new JsonObject();
        foreach (var (name, value) in given ?? [])
            merged[name] = value?.DeepClone();
        foreach (var (name, value) in signed ?? [])
            merged[name] = value?.DeepClone();
        var input = merged.ToDictionary(member => member.Key, member => DynamicJson.FromNode(member.Value), StringComparer.Ordinal);
        // What waits for an event or a task looks for its payload or result where these travel.
        input.TryAdd(EventStimulus.PayloadInput, DynamicJson.FromNode(merged));
        input.TryAdd(RunTask.ResultInput, DynamicJson.FromNode(merged));
        return input;
    }

    private async ValueTask<StoredBookmark?> FindBookmarkAsync(ResumeTarget target, CancellationToken cancellationToken)
    {
        var id = target.BookmarkId;
        if (id is null && await explainer.ExplainAsync(target.InstanceId, cancellationToken) is { } explanation)
        {
            id = explanation.Waits.FirstOrDefault(wait => wait.ActivityId == target.Activity)?.BookmarkId
                ?? explanation.Waits.FirstOrDefault(wait => wait.ActivityName == target.Activity)?.BookmarkId;
        }

        return id is null ? null : (await store.FindBookmarksAsync(new BookmarkFilter { Id = id, InstanceId = target.InstanceId }, cancellationToken)).FirstOrDefault();
    }

    /// <summary>Marks of links that expired the day before yesterday and earlier, looked for once a day.</summary>
    private async ValueTask<IReadOnlyList<DocumentKey>> FindForgottenAsync(CancellationToken cancellationToken)
    {
        const int daysBack = 31;
        const int max = 1_000;
        var today = KindOf(terms.Now);
        if (_forgottenDay == today)
            return [];
        var found = new List<DocumentKey>();
        for (var day = 2; day <= daysBack && found.Count < max; day++)
        {
            var kind = KindOf(terms.Now.AddDays(-day));
            found.AddRange((await store.ListDocumentsAsync(kind, cancellationToken)).Take(max - found.Count).Select(stored => new DocumentKey(kind, stored.Id)));
        }

        // With more than fits, the next use goes on.
        if (found.Count < max)
            _forgottenDay = today;
        return found;
    }
}

/// <summary>What a link goes on with: a bookmark that exists, or an activity that will wait.</summary>
/// <param name="InstanceId">The instance.</param>
/// <param name="BookmarkId">The bookmark, or null.</param>
/// <param name="Activity">Id or name of the activity, or null.</param>
internal sealed record ResumeTarget(string InstanceId, string? BookmarkId, string? Activity);

/// <summary>A link that was made.</summary>
/// <param name="Url">The link.</param>
/// <param name="ExpiresAt">Until when it can be used, UTC.</param>
internal sealed record ResumeLink(string Url, DateTimeOffset ExpiresAt);

/// <summary>What a link says.</summary>
/// <param name="Id">Its id, by which it is marked as used.</param>
/// <param name="Target">What it goes on with.</param>
/// <param name="ExpiresAt">Until when it can be used, UTC.</param>
/// <param name="Input">Inputs that come with it, or null.</param>
internal sealed record ResumeTicket(string Id, ResumeTarget Target, DateTimeOffset ExpiresAt, JsonObject? Input);

/// <summary>Whether a link can be used, or has just been.</summary>
internal enum ResumeLinkState
{
    /// <summary>It can be used; after a use: it was.</summary>
    Usable,

    /// <summary>It was used before.</summary>
    Used,

    /// <summary>Its time is over.</summary>
    Expired,

    /// <summary>Nothing waits behind it: not yet, or not any more.</summary>
    Gone,
}

using System.Text.Json;
using Platform.Engine;
using Platform.Engine.Execution;
using Platform.Engine.Values;
using Platform.Runtime.Alterations;
using Platform.Runtime.Execution;
using Platform.Runtime.Reruns;
using Platform.Runtime.Store;
using Platform.Server.Audit;
using Platform.Server.Elsa.Definitions;
using Platform.Server.OpenApi;
using Platform.Server.Operations;
using Platform.Server.Security;
using RerunService = Platform.Runtime.Reruns.Reruns;

namespace Platform.Server.Api;

/// <summary>Retries what failed in an instance, and runs instances once more from any step.</summary>
internal static class Reruns
{
    private const int TakeDefault = 50;
    private const int TakeMax = 1_000;
    private const int ExecutionsMax = 1_000;

    /// <summary>Maps the routes below <c>/api/instances/{id}</c>.</summary>
    /// <param name="api">The API.</param>
    public static void MapReruns(this IEndpointRouteBuilder api)
    {
        var instances = api.MapGroup("/instances/{id}").WithTags("Instances").Takes("id", "Id of the instance.");
        instances.MapPost("/retry", RetryAsync).RequirePermission("manage:workflow-instances").Audited("instance.retry", "instance", "id")
            .WithSummary("Executes again what failed in an instance.")
            .Reads<RetryBody>(isOptional: true)
            .Produces<RetryModel>()
            .Refuses(StatusCodes.Status404NotFound, "WF4504")
            .Refuses(StatusCodes.Status409Conflict, "WF4647");
        instances.MapPost("/rerun", RerunAsync).RequirePermission("manage:workflow-instances").Audited("instance.rerun", "instance", "id")
            .WithSummary("Runs an instance once more, from its start or from any step; the original stays as it is.")
            .Reads<RerunBody>(isOptional: true)
            .TakesHeader("Idempotency-Key", "The same key means the same request: it is done once, and its answer is given again. 1 to 255 visible ASCII characters.")
            .Produces<RerunModel>(StatusCodes.Status201Created)
            .Refuses(StatusCodes.Status400BadRequest, "WF4520", "WF4640")
            .Refuses(StatusCodes.Status404NotFound, "WF4504")
            .Refuses(StatusCodes.Status409Conflict, "WF4641", "WF4642", "WF4643", "WF4644", "WF4645")
            .Refuses(StatusCodes.Status422UnprocessableEntity, "WF4521");
        instances.MapGet("/reruns", ListAsync).RequirePermission("read:workflow-instances")
            .WithSummary("Lists the re-runs of an instance, oldest first.")
            .Produces<RerunList>()
            .Refuses(StatusCodes.Status404NotFound, "WF4504");
    }

    /// <summary>Values of a JSON object by name; null when there is none.</summary>
    public static IReadOnlyDictionary<string, object?>? Values(Dictionary<string, JsonElement>? values) =>
        values?.ToDictionary(member => member.Key, member => DynamicJson.FromElement(member.Value), StringComparer.Ordinal);

    /// <summary>The version that a body names; null when it names none that there is.</summary>
    public static RerunVersion? VersionOf(string? version) => version switch
    {
        null or "same" => RerunVersion.Same,
        "latest" => RerunVersion.Latest,
        _ => null,
    };

    /// <summary>The value of the header Idempotency-Key; null when there is none.</summary>
    public static string? KeyOf(HttpRequest request, ref Problem? refusal)
    {
        if (!request.Headers.TryGetValue(IdempotencyKey.Header, out var values))
            return null;
        if (values is [{ } key] && KeyedStarts.IsKey(key))
            return key;
        refusal = new Problem(
            StatusCodes.Status400BadRequest, "WF4520", "The idempotency key cannot be used",
            $"{IdempotencyKey.Header} must be sent once, as 1 to {KeyedStarts.KeyLengthMax} visible ASCII characters.");
        return null;
    }

    private static async Task<IResult> RetryAsync(
        string id, HttpRequest request, InstanceAlterations alterations, IWorkflowStore store, CancellationToken cancellationToken)
    {
        var body = await ReadAsync(request, new RetryBody());
        if (body.ActivityInstanceIds is { Count: > ExecutionsMax })
            return Problem.Unreadable with { Detail = $"'activityInstanceIds' names {ExecutionsMax} executions at most. Leave it out to retry all that failed." };
        if (await store.FindInstanceAsync(id, cancellationToken) is null)
            return Missing(id);
        var retry = new Alteration.RetryFaulted(null) { ActivityInstanceIds = body.ActivityInstanceIds };
        var result = await alterations.RunAsync(id, [retry], cancellationToken);
        if (!result.IsSuccessful)
            return new Problem(StatusCodes.Status409Conflict, "WF4647", "Nothing can be retried", result.Log[0].Message);
        return await store.FindInstanceAsync(id, cancellationToken) is { } instance
            ? ApiJson.Reply(new RetryModel(id, instance.Status, instance.SubStatus, result.Log.Count(entry => entry.EventName == "ActivityRetried")))
            : Missing(id);
    }

    private static async Task<IResult> RerunAsync(string id, HttpRequest request, RerunService reruns, CancellationToken cancellationToken)
    {
        Problem? refusal = null;
        var key = KeyOf(request, ref refusal);
        if (refusal is not null)
            return refusal;
        var body = await ReadAsync(request, new RerunBody());
        if (body is { FromActivityId: not null, FromActivityInstanceId: not null })
            return WrongEdit("Give either 'fromActivityInstanceId' or 'fromActivityId', or neither for the start.");
        if (VersionOf(body.Version) is not { } version)
            return WrongEdit($"The version '{body.Version}' is not known. Write \"same\" or \"latest\".");
        if (body is { FromActivityId: null, FromActivityInstanceId: null, ActivityInput.Count: > 0 })
            return WrongEdit("'activityInput' is for a step. Name the step, or edit 'input' to start the workflow with other inputs.");
        var result = await reruns.RunAsync(id, body.ToRequest(version), key, cancellationToken);
        return result.Match<IResult>(
            started => ApiJson.Reply(RerunModel.Of(started.Instance, started.Origin), StatusCodes.Status201Created),
            _ => Missing(id),
            missing => new Problem(StatusCodes.Status409Conflict, "WF4641", "The instance cannot be re-run from this step", missing.Reason),
            refused => ToProblem(refused),
            refused => new Problem(StatusCodes.Status409Conflict, "WF4645", "The workflow allows no further instance now", refused.Reason),
            _ => new Problem(
                StatusCodes.Status422UnprocessableEntity, "WF4521", "The idempotency key was used for another request",
                $"The instance '{id}' was re-run with this {IdempotencyKey.Header} and another request. Use a new key for a new re-run."));
    }

    private static async Task<IResult> ListAsync(
        string id, RerunService reruns, IWorkflowStore store, CancellationToken cancellationToken, int skip = 0, int take = TakeDefault)
    {
        if (skip < 0 || take is < 1 or > TakeMax)
            return Problem.Unreadable with { Detail = $"'skip' begins at 0, and 'take' is between 1 and {TakeMax}." };
        var page = await reruns.ListAsync(id, skip, take, cancellationToken);
        if (page.TotalCount == 0 && await store.FindInstanceAsync(id, cancellationToken) is null)
            return Missing(id);
        var items = new List<RerunModel>();
        foreach (var instance in page.Items)
            items.Add(RerunModel.Of(instance, await reruns.FindOriginAsync(instance.Id, cancellationToken) ?? new RerunOrigin(id, null)));
        return ApiJson.Reply(new RerunList(items, page.TotalCount));
    }

    private static Problem ToProblem(RerunResult.Refused refused) => refused.Refusal switch
    {
        RerunRefusal.WrongEdit => WrongEdit(refused.Reason),
        RerunRefusal.StateUnknown => new(StatusCodes.Status409Conflict, "WF4642", "The state of the step cannot be restored", refused.Reason),
        RerunRefusal.ValueUnknown => new(StatusCodes.Status409Conflict, "WF4643", "A value that is needed is not in the record", refused.Reason),
        RerunRefusal.VersionLacksStep => new(StatusCodes.Status409Conflict, "WF4644", "The latest version cannot go on from this step", refused.Reason),
    };

    private static async ValueTask<T> ReadAsync<T>(HttpRequest request, T nothing)
        where T : class => request.ContentLength is 0 or null && !request.Headers.ContainsKey("Transfer-Encoding") ? nothing : await ApiJson.ReadAsync<T>(request);

    private static Problem WrongEdit(string detail) => new(StatusCodes.Status400BadRequest, "WF4640", "The re-run cannot be made like this", detail);

    private static Problem Missing(string id) =>
        Problem.NotFound with { Detail = $"There is no workflow instance '{id}'. It was deleted, or its start is still queued." };
}

/// <summary>Asks to execute again what failed.</summary>
internal sealed record RetryBody
{
    /// <summary>Only these activity executions; null or empty for all that failed.</summary>
    public IReadOnlyList<string>? ActivityInstanceIds { get; init; }
}

/// <summary>An instance after a retry.</summary>
/// <param name="InstanceId">The instance.</param>
/// <param name="Status">Its status.</param>
/// <param name="SubStatus">Its sub-status.</param>
/// <param name="Retried">How many activity executions were executed again.</param>
internal sealed record RetryModel(string InstanceId, string Status, string SubStatus, int Retried);

/// <summary>Asks to run an instance once more.</summary>
internal sealed record RerunBody
{
    /// <summary>The activity execution to begin with.</summary>
    public string? FromActivityInstanceId { get; init; }

    /// <summary>The activity to begin with, when it was executed once.</summary>
    public string? FromActivityId { get; init; }

    /// <summary>Inputs of the workflow; null for those of the original.</summary>
    public Dictionary<string, JsonElement>? Input { get; init; }

    /// <summary>Inputs of the step; null for none.</summary>
    public Dictionary<string, JsonElement>? ActivityInput { get; init; }

    /// <summary>Variables; null for none.</summary>
    public Dictionary<string, JsonElement>? Variables { get; init; }

    /// <summary><c>same</c> or <c>latest</c>. Default: same.</summary>
    public string? Version { get; init; }

    public RerunRequest ToRequest(RerunVersion version) => new()
    {
        ActivityInstanceId = FromActivityInstanceId,
        ActivityId = FromActivityId,
        Input = Reruns.Values(Input),
        ActivityInput = Reruns.Values(ActivityInput),
        Variables = Reruns.Values(Variables),
        Version = version,
    };
}

/// <summary>A re-run.</summary>
/// <param name="InstanceId">The new instance.</param>
/// <param name="DefinitionId">Its workflow.</param>
/// <param name="Version">The version that it runs.</param>
/// <param name="Status">Its status.</param>
/// <param name="SubStatus">Its sub-status.</param>
/// <param name="CreatedAt">When it was made, UTC.</param>
/// <param name="RerunOf">What it repeats.</param>
internal sealed record RerunModel(string InstanceId, string DefinitionId, int Version, string Status, string SubStatus, DateTimeOffset CreatedAt, RerunOrigin RerunOf)
{
    public static RerunModel Of(StoredInstance instance, RerunOrigin origin) => new(
        instance.Id, instance.DefinitionId, instance.Version, instance.Status, instance.SubStatus, instance.CreatedAt, origin);
}

/// <summary>One page of the re-runs of an instance, oldest first.</summary>
/// <param name="Items">The re-runs.</param>
/// <param name="TotalCount">How many there are on all pages.</param>
internal sealed record RerunList(IReadOnlyList<RerunModel> Items, long TotalCount);

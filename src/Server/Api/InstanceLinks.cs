using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Runtime.Audit;
using Platform.Runtime.Explanations;
using Platform.Server.Audit;
using Platform.Server.Elsa.Instances;
using Platform.Server.OpenApi;
using Platform.Server.Operations;
using Platform.Server.Security;

namespace Platform.Server.Api;

/// <summary>Links for people without an account, who let a waiting instance go on, once.</summary>
internal static class InstanceLinks
{
    /// <summary>Maps <c>/api/instances/{id}/resume-links</c>.</summary>
    /// <param name="api">The API.</param>
    public static void MapInstanceLinks(this IEndpointRouteBuilder api) =>
        api.MapPost("/instances/{id}/resume-links", CreateAsync).RequirePermission("manage:workflow-instances").Audited("resume-link.create", "instance", "id")
            .WithTags("Instances")
            .WithSummary("Makes a link that lets an instance go on where it waits, once.")
            .Reads<ResumeLinkBody>()
            .Produces<ResumeLinkModel>(StatusCodes.Status201Created)
            .Takes("id", "Id of the workflow instance.")
            .Refuses(StatusCodes.Status400BadRequest, "WF4760")
            .Refuses(StatusCodes.Status404NotFound, "WF4504");

    private static async Task<IResult> CreateAsync(string id, HttpRequest request, ResumeLinks links, InstanceExplainer explainer, CancellationToken cancellationToken)
    {
        var body = await ApiJson.ReadAsync<ResumeLinkBody>(request);
        if (await explainer.ExplainAsync(id, cancellationToken) is not { } explanation)
            return Problem.NotFound with { Detail = $"There is no workflow instance '{id}'." };
        if (body is { ExpiresAt: not null, Lifetime: not null })
            return ResumeProblems.CannotMake with { Detail = "Send 'lifetime' or 'expiresAt', not both." };
        var waits = explanation.Waits.Where(wait =>
            (body.BookmarkId is null || wait.BookmarkId == body.BookmarkId) && (body.Activity is null || wait.ActivityId == body.Activity || wait.ActivityName == body.Activity)).ToList();
        if (waits is not [var wait])
        {
            return ResumeProblems.CannotMake with
            {
                Detail = explanation.Waits.Count == 0
                    ? $"The instance waits for nothing. {explanation.Summary}"
                    : $"The instance waits at {string.Join(", ", explanation.Waits.Select(other => $"'{other.ActivityId}' (bookmark {other.BookmarkId})"))}. Name one of them with 'activity' or 'bookmarkId'.",
            };
        }

        try
        {
            var link = links.Create(new ResumeTarget(id, wait.BookmarkId, null), body.ExpiresAt?.ToUniversalTime() ?? (object?)body.Lifetime, InputOf(body.Input));
            AuditScope.Current?.Refine(entry => entry with
            {
                After = new JsonObject { ["activity"] = wait.ActivityId, ["expiresAt"] = link.ExpiresAt.UtcDateTime.ToString("O") }.ToJsonString(),
            });
            return ApiJson.Reply(new ResumeLinkModel(link.Url, link.ExpiresAt, wait.ActivityId, wait.BookmarkId), StatusCodes.Status201Created);
        }
        catch (ArgumentException exception)
        {
            return ResumeProblems.CannotMake with { Detail = exception.Message };
        }
    }

    private static JsonObject? InputOf(JsonElement? input) => input switch
    {
        null or { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.Object } given => JsonObject.Create(given),
        _ => throw new ArgumentException("'input' is not an object of names and values.", nameof(input)),
    };
}

/// <summary>Which link to make.</summary>
/// <param name="Activity">Id or name of the waiting activity; needed only when the instance waits at several places.</param>
/// <param name="BookmarkId">The bookmark instead of the activity.</param>
/// <param name="Lifetime">How long the link can be used, <c>days.hours:minutes:seconds</c>. Default: 7 days, at most 365.</param>
/// <param name="ExpiresAt">Until when it can be used, instead.</param>
/// <param name="Input">Inputs that come with it.</param>
internal sealed record ResumeLinkBody(string? Activity = null, string? BookmarkId = null, string? Lifetime = null, DateTimeOffset? ExpiresAt = null, JsonElement? Input = null);

/// <summary>A link that was made.</summary>
internal sealed record ResumeLinkModel(string Url, DateTimeOffset ExpiresAt, string ActivityId, string BookmarkId)
{
    /// <summary>Nothing of it: who holds the link may use it.</summary>
    public override string ToString() => nameof(ResumeLinkModel);
}

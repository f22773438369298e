using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Runtime.Audit;
using Platform.Runtime.Store;
using Platform.Server.Audit;
using Platform.Server.Operations;

namespace Platform.Server.Elsa.Instances;

/// <summary>
/// What is behind resume links. Opening one shows what it does and changes nothing, whoever opens it: programs that look at links in
/// advance use none up. Sending the form, or a POST, uses it.
/// </summary>
internal static class ResumeLinkRoutes
{
    /// <summary>Maps <c>/bookmarks/resume</c>. The link itself is the permission.</summary>
    /// <param name="api">The API.</param>
    public static void MapResumeLinks(this IEndpointRouteBuilder api)
    {
        api.MapGet("/bookmarks/resume", AskAsync).AllowAnonymous().WithTags("Resume links")
            .WithSummary("Shows what a resume link does, and a button that uses it.");
        api.MapPost("/bookmarks/resume", UseAsync).AllowAnonymous().Audited("resume-link.use", "instance").WithTags("Resume links")
            .WithSummary("Uses a resume link, once: goes on with the activity that waits, with the inputs of the body.");
    }

    private static async Task<IResult> AskAsync(string? t, HttpRequest request, ResumeLinks links, IWorkflowStore store, CancellationToken cancellationToken)
    {
        if (links.Read(t) is not { } ticket)
            return Answer(request, ResumeProblems.Invalid);
        if (await links.StateAsync(ticket, cancellationToken) is not ResumeLinkState.Usable and var state)
            return Answer(request, ResumeProblems.Of(state));
        var instance = await store.FindInstanceAsync(ticket.Target.InstanceId, cancellationToken);
        var definition = instance is null ? null : await store.FindDefinitionVersionAsync(instance.DefinitionVersionId, cancellationToken);
        return LinkPage.Ask(
            definition?.Name is { Length: > 0 } name ? name : "A workflow waits",
            string.Create(CultureInfo.InvariantCulture, $"This workflow waits for you. Shall it go on? The link can be used once, until {ticket.ExpiresAt:yyyy-MM-dd HH:mm} UTC."),
            "Yes, go on");
    }

    private static async Task<IResult> UseAsync(string? t, HttpRequest request, ResumeLinks links, CancellationToken cancellationToken)
    {
        if (links.Read(t) is not { } ticket)
            return Answer(request, ResumeProblems.Invalid);
        var (input, mistake) = await ReadInputAsync(request, cancellationToken);
        if (mistake is not null)
            return Answer(request, ResumeProblems.BadInput with { Detail = mistake });
        if (await links.UseAsync(ticket, input, cancellationToken) is not ResumeLinkState.Usable and var state)
            return Answer(request, ResumeProblems.Of(state));
        return LinkPage.IsWanted(request) ? LinkPage.Tell(StatusCodes.Status200OK, "Thank you", "The workflow goes on.") : Results.Ok();
    }

    /// <summary>Refuses. In the audit log these count as denials, of which everybody can cause only so many entries.</summary>
    private static IResult Answer(HttpRequest request, Problem problem)
    {
        AuditScope.Current?.Refine(entry => entry with { Outcome = AuditEntry.Denied, Code = problem.Code });
        return LinkPage.IsWanted(request) ? LinkPage.Tell(problem.Status, problem.Title, problem.Detail) : problem;
    }

    /// <summary>Inputs of the body, <c>{"input":{...}}</c>, or of the address, <c>in={...}</c>, as clients of Elsa send them.</summary>
    private static async ValueTask<(JsonObject? Input, string? Mistake)> ReadInputAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            if (request.HasJsonContentType())
            {
                var (bytes, refusal) = await RequestBody.ReadAsync(request.HttpContext);
                if (refusal is not null)
                    return (null, "The body is not JSON, or too large.");
                var body = bytes.IsEmpty ? null : JsonNode.Parse(bytes.Span);
                if (body is JsonObject given && given["input"] is { } input)
                    return input is JsonObject inputs ? (inputs, null) : (null, "'input' is not an object of names and values.");
            }

            if (request.Query["in"] is [{ Length: > 0 } text])
                return JsonNode.Parse(text) is JsonObject inputs ? (inputs, null) : (null, "'in' is not an object of names and values.");
            return (null, null);
        }
        catch (JsonException)
        {
            return (null, "The inputs are not JSON.");
        }
    }
}

/// <summary>Why a resume link is refused.</summary>
internal static class ResumeProblems
{
    /// <summary>It is none of ours.</summary>
    public static readonly Problem Invalid = new(
        StatusCodes.Status400BadRequest, "WF4755", "This link is not valid", "It was cut off or changed on its way, or this server did not make it. Ask whoever sent it for a new one.");

    /// <summary>It was used.</summary>
    public static readonly Problem Used = new(
        StatusCodes.Status410Gone, "WF4756", "This link was used already", "A link can be used once, and this one was. Nothing happened now.");

    /// <summary>Its time is over.</summary>
    public static readonly Problem Expired = new(
        StatusCodes.Status410Gone, "WF4757", "This link has expired", "Its time is over. Ask whoever sent it for a new one.");

    /// <summary>Nothing waits.</summary>
    public static readonly Problem Gone = new(
        StatusCodes.Status410Gone, "WF4758", "Nothing waits for this link", "The workflow went on or ended without it, or does not wait for it yet. Nothing happened now.");

    /// <summary>The inputs cannot be read.</summary>
    public static readonly Problem BadInput = new(
        StatusCodes.Status400BadRequest, "WF4759", "The inputs cannot be read", "The inputs are a JSON object of names and values.");

    /// <summary>A link cannot be made.</summary>
    public static readonly Problem CannotMake = new(
        StatusCodes.Status400BadRequest, "WF4760", "The link cannot be made", "The link cannot be made like this.");

    /// <summary>The problem of a state.</summary>
    /// <param name="state">The state.</param>
    public static Problem Of(ResumeLinkState state) => state switch
    {
        ResumeLinkState.Used => Used,
        ResumeLinkState.Expired => Expired,
        ResumeLinkState.Gone or ResumeLinkState.Usable => Gone,
    };
}

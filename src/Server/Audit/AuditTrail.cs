using System.Diagnostics;
using Platform.Runtime;
using Platform.Runtime.Audit;
using Platform.Runtime.Store;
using Platform.Server.Api;
using Platform.Server.Elsa;
using Platform.Server.Operations;
using Platform.Server.Security;

namespace Platform.Server.Audit;

/// <summary>
/// Writes the audit log. A change takes its entry into its own commit (<see cref="AuditScope"/>). What changed nothing, because it failed
/// or was denied, is written here in a commit of its own, after the answer is known.
/// </summary>
/// <param name="store">Where the log is.</param>
/// <param name="ids">Makes ids.</param>
/// <param name="clock">Time.</param>
/// <param name="news">Hears what kind of thing was changed.</param>
/// <param name="logger">Log.</param>
internal sealed class AuditTrail(IWorkflowStore store, Ids ids, TimeProvider clock, PageNews news, ILogger<AuditTrail> logger)
{
    private const int TextLengthMax = 200;
    private readonly DenialLimit _denials = new(clock);

    /// <summary>Follows a request through its endpoint.</summary>
    /// <param name="context">The request.</param>
    /// <param name="metadata">What the endpoint does.</param>
    /// <param name="next">The endpoint.</param>
    public ValueTask<object?> FollowAsync(EndpointFilterInvocationContext context, AuditMetadata metadata, EndpointFilterDelegate next) =>
        FollowAsync(context.HttpContext, metadata, () => next(context));

    /// <summary>Follows a request that is answered outside of endpoints.</summary>
    /// <param name="context">The request.</param>
    /// <param name="metadata">What it does.</param>
    /// <param name="next">Does it; what it answers tells what became of it.</param>
    public async ValueTask<object?> FollowAsync(HttpContext context, AuditMetadata metadata, Func<ValueTask<object?>> next)
    {
        var scope = new AuditScope(EntryOf(context, metadata), ids, clock);
        scope.Enter();
        object? result = null;
        var hasResult = false;
        try
        {
            result = await next();
            hasResult = true;
        }
        finally
        {
            scope.End();
            var entry = WithOutcome(scope.ToEntry(), result, hasResult);
            if (!scope.IsSettled && (entry.Outcome != AuditEntry.Ok || !scope.HasChange))
                await WriteAsync(entry);
            if (entry.Outcome == AuditEntry.Ok)
                news.Tell(metadata.TargetKind);
        }

        return result;
    }

    /// <summary>Writes that a request was denied before it reached its endpoint.</summary>
    /// <param name="context">The request.</param>
    /// <param name="code">Code of the refusal.</param>
    public ValueTask DeniedAsync(HttpContext context, string code)
    {
        var endpoint = context.GetEndpoint()?.Metadata.GetMetadata<AuditMetadata>();
        var entry = endpoint is null
            ? EntryOf(context, new AuditMetadata("request.denied", "route", null)) with { TargetId = Cut($"{context.Request.Method} {context.Request.Path}") }
            : EntryOf(context, endpoint);
        return WriteAsync(entry with { Id = ids.New(), At = clock.GetUtcNow(), Outcome = AuditEntry.Denied, Code = code });
    }

    private static AuditEntry EntryOf(HttpContext context, AuditMetadata metadata)
    {
        var user = context.User;
        var isKnown = user.Identity?.IsAuthenticated == true;
        var address = context.Connection.RemoteIpAddress;
        return new AuditEntry
        {
            Id = "",
            At = default,
            ActorKind = !isKnown ? "anonymous" : user.Identity!.AuthenticationType == AuthenticationSchemes.ApiKey ? "apiKey" : "user",
            ActorId = isKnown ? user.FindFirst("sub")?.Value : null,
            ActorName = isKnown ? user.FindFirst("name")?.Value : null,
            Address = (address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address)?.ToString(),
            Action = metadata.Action,
            TargetKind = metadata.TargetKind,
            TargetId = metadata.TargetRouteValue is { } name ? Cut(context.Request.RouteValues[name]?.ToString()) : null,
            TraceId = Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier,
        };
    }

    /// <summary>What the answer says became of it; what an endpoint itself has said goes before it.</summary>
    private static AuditEntry WithOutcome(AuditEntry entry, object? result, bool hasResult)
    {
        if (entry.Outcome != AuditEntry.Ok)
            return entry;
        if (!hasResult)
            return entry with { Outcome = AuditEntry.Failed, Code = Problem.Failed.Code };
        if (result is INestedHttpResult nested)
            result = nested.Result;
        var status = result is Problem problem ? problem.Status : (result as IStatusCodeHttpResult)?.StatusCode;
        if (status is null or < StatusCodes.Status400BadRequest)
            return entry;
        var isDenied = status is StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden or StatusCodes.Status429TooManyRequests;
        return entry with { Outcome = isDenied ? AuditEntry.Denied : AuditEntry.Failed, Code = CodeOf(result) ?? Problem.Of(status.Value).Code };
    }

    private static string? CodeOf(object? result) => result switch
    {
        Problem problem => problem.Code,
        IValueHttpResult { Value: InvalidRequest invalid } => invalid.Code,
        IValueHttpResult { Value: RefusedRequest refused } => refused.Code,
        _ => null,
    };

    private static string? Cut(string? text) => text is { Length: > TextLengthMax } ? string.Concat(text.AsSpan(0, TextLengthMax), "…") : text;

    /// <summary>Writes an entry by itself. The answer of the request stands already, so a failing store is logged and changes nothing.</summary>
    private async ValueTask WriteAsync(AuditEntry entry)
    {
        if (entry.Outcome == AuditEntry.Denied)
        {
            if (!_denials.TryTake(entry.ActorId ?? entry.Address ?? "", out var leftOut))
                return;
            if (leftOut > 0)
                entry = entry with { After = $$"""{"notWrittenBefore":{{leftOut}}}""" };
        }

        try
        {
            await store.CommitAsync(new Commit { Audit = [entry] }, CancellationToken.None);
        }
        catch (StoreException exception)
        {
            Log.AuditNotWritten(logger, exception, entry.Action, entry.Outcome, entry.TargetKind, entry.TargetId, entry.ActorName);
        }
    }
}

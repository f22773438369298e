namespace Platform.Server.Audit;

/// <summary>Says how requests to an endpoint stand in the audit log.</summary>
/// <param name="Action">What they do, in words that do not change.</param>
/// <param name="TargetKind">Kind of thing they do it to.</param>
/// <param name="TargetRouteValue">The part of the address that holds the id of the thing; null when the address names none.</param>
internal sealed record AuditMetadata(string Action, string TargetKind, string? TargetRouteValue);

/// <summary>Says why requests to an endpoint that could change something do not stand in the audit log.</summary>
/// <param name="Reason">Why, in a sentence.</param>
internal sealed record NotAuditedMetadata(string Reason);

/// <summary>Declares how endpoints stand in the audit log. A test holds that every endpoint that is not a GET declares it.</summary>
internal static class AuditedEndpoints
{
    /// <summary>Audits every request: what it changes in the commit of the change, and what fails or is denied as well.</summary>
    /// <typeparam name="TBuilder">Kind of endpoint.</typeparam>
    /// <param name="builder">The endpoint.</param>
    /// <param name="action">What it does: <c>workflow.publish</c>.</param>
    /// <param name="targetKind">Kind of thing it does it to: <c>workflow</c>.</param>
    /// <param name="targetRouteValue">The part of the address that holds the id of the thing; null when the address names none.</param>
    public static TBuilder Audited<TBuilder>(this TBuilder builder, string action, string targetKind, string? targetRouteValue = null)
        where TBuilder : IEndpointConventionBuilder
    {
        var metadata = new AuditMetadata(action, targetKind, targetRouteValue);
        builder.Add(endpoint => endpoint.Metadata.Add(metadata));
        return builder.AddEndpointFilter((context, next) =>
            context.HttpContext.RequestServices.GetRequiredService<AuditTrail>().FollowAsync(context, metadata, next));
    }

    /// <summary>Leaves an endpoint out of the audit log.</summary>
    /// <typeparam name="TBuilder">Kind of endpoint.</typeparam>
    /// <param name="builder">The endpoint.</param>
    /// <param name="reason">Why, in a sentence.</param>
    public static TBuilder NotAudited<TBuilder>(this TBuilder builder, string reason)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint => endpoint.Metadata.Add(new NotAuditedMetadata(reason)));
        return builder;
    }
}

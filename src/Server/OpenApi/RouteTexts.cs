namespace Platform.Server.OpenApi;

/// <summary>What a route reads from the body of a request.</summary>
/// <param name="Type">The record.</param>
/// <param name="IsOptional">Whether the body may be left out.</param>
internal sealed record BodyMetadata(Type Type, bool IsOptional);

/// <summary>How a route may refuse, besides what any route may answer.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Codes">Codes of the problems.</param>
internal sealed record RefusalMetadata(int Status, IReadOnlyList<string> Codes);

/// <summary>What a parameter of a route means.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Text">A sentence for whoever writes a request.</param>
/// <param name="IsHeader">Whether it is a header; otherwise a part of the address.</param>
internal sealed record ParameterMetadata(string Name, string Text, bool IsHeader);

/// <summary>
/// Tells the OpenAPI document about routes what cannot be seen from their handlers; <c>WithSummary</c> and <c>Produces</c> of the framework
/// tell the rest. A test holds that no route of <c>/api</c> leaves anything out.
/// </summary>
internal static class RouteTexts
{
    /// <summary>The body that a request has. It only describes: the handler reads the body and refuses it.</summary>
    /// <typeparam name="T">The record.</typeparam>
    /// <param name="builder">The route.</param>
    /// <param name="isOptional">Whether it may be left out.</param>
    public static RouteHandlerBuilder Reads<T>(this RouteHandlerBuilder builder, bool isOptional = false)
        where T : class => builder.WithMetadata(new BodyMetadata(typeof(T), isOptional));

    /// <summary>A status by which the route may refuse, and its codes.</summary>
    /// <typeparam name="TBuilder">A route, or a group of them.</typeparam>
    /// <param name="builder">The route.</param>
    /// <param name="status">HTTP status.</param>
    /// <param name="codes">Codes, headings of <c>docs/errors.md</c>.</param>
    public static TBuilder Refuses<TBuilder>(this TBuilder builder, int status, params string[] codes)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new RefusalMetadata(status, codes));

    /// <summary>What a part of the address means.</summary>
    /// <typeparam name="TBuilder">A route, or a group of them.</typeparam>
    /// <param name="builder">The route.</param>
    /// <param name="name">Name of the part.</param>
    /// <param name="text">What it means.</param>
    public static TBuilder Takes<TBuilder>(this TBuilder builder, string name, string text)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new ParameterMetadata(name, text, false));

    /// <summary>A header that the route reads.</summary>
    /// <typeparam name="TBuilder">A route, or a group of them.</typeparam>
    /// <param name="builder">The route.</param>
    /// <param name="name">Name of the header.</param>
    /// <param name="text">What it means.</param>
    public static TBuilder TakesHeader<TBuilder>(this TBuilder builder, string name, string text)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new ParameterMetadata(name, text, true));
}

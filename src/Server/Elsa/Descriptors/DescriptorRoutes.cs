using System.Reflection;
using Microsoft.Net.Http.Headers;
using Platform.Engine.Converters;
using Platform.Engine.Expressions;
using Platform.Engine.Values;
using Platform.Server.Audit;
using Platform.Server.Security;

namespace Platform.Server.Elsa.Descriptors;

/// <summary>What editors ask before they open: activity types, languages, variable types, strategies, features.</summary>
internal static class DescriptorRoutes
{
    /// <summary>Maps the routes.</summary>
    public static void MapDescriptors(this IEndpointRouteBuilder api)
    {
        var descriptors = api.MapGroup("/descriptors");
        descriptors.MapGet("/activities", ListActivitiesAsync).RequirePermission("read:activity-descriptors");
        descriptors.MapGet("/activities/{typeName}", FindActivityAsync).RequirePermission("read:activity-descriptors");
        descriptors.MapPost("/activities/{typeName}/options/{propertyName}", OptionsAsync).RequirePermission("read:activity-descriptors-options").NotAudited("It only reads.");
        descriptors.MapGet("/expression-descriptors", (ExpressionLanguages languages) => List(FixedDescriptors.ExpressionsOf(languages)))
            .RequirePermission("read:expression-descriptors");
        descriptors.MapGet("/storage-drivers", () => List(FixedDescriptors.StorageDrivers)).RequirePermission("read:storage-drivers");
        descriptors.MapGet("/variables", (TypeAliases aliases) => List(FixedDescriptors.VariableTypesOf(aliases)))
            .RequirePermission("read:variable-descriptors");
        descriptors.MapGet("/workflow-activation-strategies", () => List(FixedDescriptors.ActivationStrategies))
            .RequirePermission("read:workflow-activation-strategies");
        descriptors.MapGet("/incident-strategies", () => List(FixedDescriptors.IncidentStrategies)).RequirePermission("read:incident-strategies");
        descriptors.MapGet("/log-persistence-strategies", () => List(FixedDescriptors.LogPersistenceStrategies)).RequirePermission("read:log-persistence-strategies");
        descriptors.MapGet("/commit-strategies/workflows", () => List(FixedDescriptors.WorkflowCommitStrategies)).RequirePermission("read:commit-strategies");
        descriptors.MapGet("/commit-strategies/activities", () => List(FixedDescriptors.ActivityCommitStrategies)).RequirePermission("read:commit-strategies");
        descriptors.MapGet("/output-converters", ListConverters).RequirePermission("read:output-converters");
        api.MapGet("/features/installed", () => List(FixedDescriptors.Features)).RequirePermission("read:installed-features");
        api.MapGet("/features/installed/{fullName}", FindFeature).RequirePermission("read:installed-features");
        api.MapGet("/package/version", () => Wire.Json(new PackageVersionReply(ServerVersion))).RequirePermission();
    }

    private static string ServerVersion =>
        typeof(DescriptorRoutes).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";

    private static async Task ListActivitiesAsync(HttpContext context, ActivityDescriptors descriptors)
    {
        var packed = await descriptors.GetAsync(context.RequestAborted);
        var (request, response) = (context.Request, context.Response);
        response.Headers.ETag = packed.EntityTag;
        response.Headers.CacheControl = "private, no-cache";
        response.Headers.Vary = HeaderNames.AcceptEncoding;
        if (request.Headers.IfNoneMatch.ToString().Contains(packed.EntityTag, StringComparison.Ordinal))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var accepted = request.GetTypedHeaders().AcceptEncoding;
        var (bytes, encoding) = Accepts("br") ? (packed.Brotli, "br") : Accepts("gzip") ? (packed.Gzip, "gzip") : (packed.Plain, null);
        if (encoding is not null)
            response.Headers.ContentEncoding = encoding;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = bytes.Length;
        await response.Body.WriteAsync(bytes, context.RequestAborted);

        bool Accepts(string name) => accepted.Any(value => value.Value.Equals(name, StringComparison.OrdinalIgnoreCase) && value.Quality is null or > 0);
    }

    private static async Task<IResult> FindActivityAsync(
        string typeName, HttpRequest request, ActivityDescriptors descriptors, CancellationToken cancellationToken)
    {
        IResult? refusal = null;
        var version = request.Query.Number("version", ref refusal);
        return refusal ?? (await descriptors.FindAsync(typeName, version, cancellationToken) is { } found
            ? Wire.Json(found)
            : Problems.NotFound("activity type", typeName));
    }

    private static async Task<IResult> OptionsAsync(
        string typeName, string propertyName, ActivityDescriptors descriptors, CancellationToken cancellationToken) =>
        await descriptors.OptionsAsync(typeName, propertyName, cancellationToken) is { } options
            ? Wire.Json(new InputOptionsReply(options))
            : Problems.NotFound("input", $"{typeName}.{propertyName}");

    /// <summary>The converters that fit between an output and its target. A type that is not given or not known could be anything.</summary>
    private static IResult ListConverters(string? sourceType, string? destinationType, OutputConverters converters, TypeAliases aliases)
    {
        var fitting = converters.Fitting(TypeOf(sourceType), TypeOf(destinationType));
        return List<OutputConverterDescriptor>(
        [
            .. fitting.Select(converter => new OutputConverterDescriptor(
                converter.Id,
                aliases.GetAlias(converter.SourceType),
                aliases.GetAlias(converter.ResultType),
                converter.DisplayName,
                converter.Description,
                converter.SettingsSchema())),
        ]);

        Type TypeOf(string? alias) => aliases.TryGetType(alias, out var type) ? type : typeof(object);
    }

    private static IResult FindFeature(string fullName) =>
        FixedDescriptors.Features.FirstOrDefault(feature => feature.FullName == fullName) is { } found
            ? Wire.Json(found)
            : Problems.NotFound("feature", fullName);

    private static IResult List<T>(IReadOnlyList<T> items) => Wire.Json(new Listing<T>(items));
}

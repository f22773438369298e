using System.Text;
using System.Text.Json.Nodes;
using Platform.CustomActivities.Services;
using Platform.Server.Audit;
using Platform.Server.OpenApi;
using Platform.Server.Operations;
using Platform.Server.Orchestration;
using Platform.Server.Security;

namespace Platform.Server.Api;

/// <summary>The operations of services, which workflows call by name; an OpenAPI document fills them.</summary>
internal static class OperationRoutes
{
    /// <summary>Maps <c>/api/services/{name}/operations</c>.</summary>
    /// <param name="api">The API.</param>
    public static void MapOperations(this IEndpointRouteBuilder api)
    {
        var operations = api.MapGroup("/services/{name}/operations").WithTags("Services").Takes("name", "Name of the service, in any case.");
        operations.MapGet("", List).RequirePermission("read:services", "manage:services")
            .WithSummary("Lists the operations of a service, which workflows call by name.")
            .Produces<OperationList>()
            .Refuses(StatusCodes.Status404NotFound, "WF4801");
        operations.MapPost("", ImportAsync).RequirePermission("manage:services").Audited("service.import", "service", "name")
            .WithSummary("Replaces the operations of a service by those of an OpenAPI document, which is JSON or YAML.")
            .Reads<JsonObject>()
            .Produces<OperationList>()
            .Refuses(StatusCodes.Status400BadRequest, "WF4800", "WF4806")
            .Refuses(StatusCodes.Status404NotFound, "WF4801");
    }

    private static IResult List(string name, ServiceCatalog catalog) => catalog.Registry.Find(name) is { } service
        ? ApiJson.Reply(ListOf(service))
        : Services.Missing("service", name);

    private static async Task<IResult> ImportAsync(string name, HttpRequest request, ServiceCatalog catalog, CancellationToken cancellationToken)
    {
        if (catalog.Registry.Find(name) is not { } service)
            return Services.Missing("service", name);
        using var reader = new StreamReader(request.Body, Encoding.UTF8);
        try
        {
            var operations = OpenApiOperations.Read(await reader.ReadToEndAsync(cancellationToken));
            var change = await catalog.SaveOperationsAsync(service, operations);
            return Services.AnswerTo(change, "service", name, saved => catalog.Registry.Find(saved) is { } changed ? ApiJson.Reply(ListOf(changed)) : Services.Missing("service", saved));
        }
        catch (FormatException exception)
        {
            return new Problem(StatusCodes.Status400BadRequest, "WF4806", "The OpenAPI document cannot be used", exception.Message);
        }
    }

    private static OperationList ListOf(ServiceClient service)
    {
        var operations = service.Options.Operations.OrderBy(operation => operation.Key, StringComparer.OrdinalIgnoreCase)
            .Select(operation => new OperationModel(
                operation.Key, $"{service.Name}/{operation.Key}", operation.Value.Method, operation.Value.Path ?? "", operation.Value.Summary, operation.Value.Parameters, operation.Value.Body));
        return new OperationList([.. operations], service.Options.Operations.Count);
    }
}

/// <summary>An operation of a service.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Operation">What the activity 'Call Operation' calls it.</param>
/// <param name="Method">Its method.</param>
/// <param name="Path">Its path.</param>
/// <param name="Summary">What it does, or null.</param>
/// <param name="Parameters">Its parameters by name.</param>
/// <param name="Body">Whether it takes a body.</param>
internal sealed record OperationModel(
    string Name, string Operation, string Method, string Path, string? Summary, IReadOnlyDictionary<string, OperationParameter> Parameters, OperationBody Body);

/// <summary>All operations of a service.</summary>
/// <param name="Items">The operations, by name.</param>
/// <param name="TotalCount">How many there are.</param>
internal sealed record OperationList(IReadOnlyList<OperationModel> Items, int TotalCount);

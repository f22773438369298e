using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Platform.Engine.Definitions;
using Platform.Runtime.Audit;
using Platform.Runtime.Definitions;
using Platform.Runtime.Store;
using Platform.Server.Audit;
using Platform.Server.OpenApi;
using Platform.Server.Operations;
using Platform.Server.Security;

namespace Platform.Server.Api;

/// <summary>Inputs that people keep with a workflow to try it with, each under a name. They go with the workflow.</summary>
internal static class TestInputs
{
    private const int CountMax = 50;
    private const int NameLengthMax = 100;
    private const int BytesMax = 65_536;

    /// <summary>Other languages than English stay readable and small in the store.</summary>
    private static readonly TestInputJson _stored = new(new(TestInputJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>Maps <c>/api/definitions/{definitionId}/test-inputs</c>.</summary>
    /// <param name="api">The API.</param>
    public static void MapTestInputs(this IEndpointRouteBuilder api)
    {
        var inputs = api.MapGroup("/definitions/{definitionId}/test-inputs").WithTags("Workflows").Takes("name", "Name of the test input, exactly.");
        inputs.MapGet("", ListAsync).RequirePermission("read:workflow-definitions")
            .WithSummary("Lists the test inputs that are kept with a workflow, by name.")
            .Produces<TestInputList>()
            .Refuses(StatusCodes.Status400BadRequest, "WF4500")
            .Refuses(StatusCodes.Status404NotFound, "WF4628");
        inputs.MapPut("/{name}", SaveAsync).RequirePermission("write:workflow-definitions").Audited("workflow.keep-test-input", "workflow", "definitionId")
            .WithSummary("Keeps a test input with a workflow, or puts it in place of the one with this name.")
            .Reads<TestInputBody>()
            .Produces<TestInputModel>()
            .Refuses(StatusCodes.Status400BadRequest, "WF4940")
            .Refuses(StatusCodes.Status404NotFound, "WF4628")
            .Refuses(StatusCodes.Status409Conflict, "WF4942");
        inputs.MapDelete("/{name}", RemoveAsync).RequirePermission("write:workflow-definitions").Audited("workflow.remove-test-input", "workflow", "definitionId")
            .WithSummary("Removes a test input of a workflow.")
            .Produces(StatusCodes.Status204NoContent)
            .Refuses(StatusCodes.Status404NotFound, "WF4628", "WF4941");
    }

    private static async Task<IResult> ListAsync(string definitionId, IWorkflowStore store, CancellationToken cancellationToken, int skip = 0, int take = 50)
    {
        if (!Paging.IsRight(skip, take, out var wrong))
            return wrong;
        if (await store.FindDefinitionAsync(definitionId, VersionOptions.Latest, cancellationToken) is null)
            return Runs.Missing(definitionId);
        var all = Read((await store.FindDocumentAsync(KeptDocuments.TestInputsKind, definitionId, cancellationToken))?.Json);
        return ApiJson.Reply(new TestInputList([.. all.Skip(skip).Take(take)], all.Count));
    }

    private static async Task<IResult> SaveAsync(
        string definitionId, string name, HttpRequest request, WorkflowDefinitions definitions, TimeProvider clock, CancellationToken cancellationToken)
    {
        var body = await ApiJson.ReadAsync<TestInputBody>(request);
        if (WhyUnusable(name, body.Input) is { } why)
            return new Problem(StatusCodes.Status400BadRequest, "WF4940", "The test input cannot be kept", why);
        var model = new TestInputModel(name, body.Input, clock.GetUtcNow(), request.HttpContext.User.Identity?.Name);
        var isFull = false;
        var isThere = await definitions.KeepAsync(definitionId, KeptDocuments.TestInputsKind, Change, cancellationToken);
        if (!isThere)
            return Runs.Missing(definitionId);
        return isFull
            ? new Problem(
                StatusCodes.Status409Conflict, "WF4942", "There are too many test inputs",
                $"{CountMax} test inputs are kept with '{definitionId}', which is the most that there may be. Remove one first.")
            : ApiJson.Reply(model);

        KeptChange? Change(string? workflow, string? json)
        {
            var others = Read(json).Where(input => input.Name != name).ToList();
            isFull = others.Count >= CountMax;
            return isFull ? null : ChangeOf(definitionId, workflow, name, [.. others, model]);
        }
    }

    private static async Task<IResult> RemoveAsync(string definitionId, string name, WorkflowDefinitions definitions, CancellationToken cancellationToken)
    {
        var wasKept = false;
        var isThere = await definitions.KeepAsync(definitionId, KeptDocuments.TestInputsKind, Change, cancellationToken);
        if (!isThere)
            return Runs.Missing(definitionId);
        return wasKept
            ? Results.NoContent()
            : new Problem(StatusCodes.Status404NotFound, "WF4941", "There is no such test input", $"No test input '{name}' is kept with '{definitionId}'.");

        KeptChange? Change(string? workflow, string? json)
        {
            var all = Read(json);
            var others = all.Where(input => input.Name != name).ToList();
            wasKept = others.Count < all.Count;
            return wasKept ? ChangeOf(definitionId, workflow, name, others) : null;
        }
    }

    private static string? WhyUnusable(string name, JsonObject input)
    {
        if (name.Length > NameLengthMax || name.Trim() != name || name.Length == 0 || name.Any(char.IsControl))
            return $"The name of a test input has 1 to {NameLengthMax} characters, no control characters, and no space at its ends.";
        var bytes = Encoding.UTF8.GetByteCount(input.ToJsonString(_stored.Options));
        return bytes > BytesMax ? FormattableString.Invariant($"The input has {bytes} bytes as JSON; at most {BytesMax} are kept. Pass large values by a file or an address.") : null;
    }

    /// <summary>The audit log tells the name alone: inputs may hold what not everybody is to read.</summary>
    private static KeptChange ChangeOf(string definitionId, string? workflow, string name, IReadOnlyList<TestInputModel> inputs) => new(
        inputs.Count == 0 ? null : JsonSerializer.Serialize([.. inputs.OrderBy(input => input.Name, StringComparer.OrdinalIgnoreCase)], StoredForm),
        new AuditChange("workflow", definitionId, workflow) { After = new JsonObject { ["testInput"] = name, ["testInputs"] = inputs.Count } });

    private static IReadOnlyList<TestInputModel> Read(string? json) => json is null ? [] : JsonSerializer.Deserialize(json, StoredForm)!;

    private static JsonTypeInfo<List<TestInputModel>> StoredForm => _stored.ListTestInputModel;
}

/// <summary>A test input to keep.</summary>
/// <param name="Input">Values by the names of the workflow's inputs.</param>
internal sealed record TestInputBody(JsonObject Input);

/// <summary>A test input that is kept with a workflow.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Input">Values by the names of the workflow's inputs.</param>
/// <param name="ChangedAt">When it was kept, UTC.</param>
/// <param name="ChangedBy">Who kept it; null when that has no name.</param>
internal sealed record TestInputModel(string Name, JsonObject Input, DateTimeOffset ChangedAt, string? ChangedBy);

/// <summary>Test inputs of a workflow, by name.</summary>
/// <param name="Items">The test inputs.</param>
/// <param name="TotalCount">How many are kept.</param>
internal sealed record TestInputList(IReadOnlyList<TestInputModel> Items, int TotalCount);

/// <summary>How test inputs are stored.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(List<TestInputModel>))]
internal sealed partial class TestInputJson : JsonSerializerContext;

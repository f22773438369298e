using System.Text.Json;
using Platform.Engine;
using Platform.Engine.Values;
using Platform.Runtime.Alterations;
using Platform.Runtime.Store;
using Platform.Server.Audit;
using Platform.Server.Security;

namespace Platform.Server.Elsa.Instances;

/// <summary>Gives variables of an instance other values, all of them or none.</summary>
internal static class VariableEdits
{
    private const int VariablesMax = 100;

    /// <summary>Maps the route.</summary>
    public static void MapVariableEdits(this IEndpointRouteBuilder api) => api.MapPost("/workflow-instances/{id}/variables", SetAsync)
        .RequirePermission("write:workflow-instances").Audited("instance.alter", "instance", "id");

    private static async Task<IResult> SetAsync(
        string id, Body<VariablesRequest> body, IWorkflowStore store, WorkflowStates states, InstanceAlterations alterations, CancellationToken cancellationToken)
    {
        if (body.Value.Variables is not { Count: > 0 and <= VariablesMax } wanted)
            return Problems.Invalid("WF4005", "$.variables", $"Give 'variables' a list of 1 to {VariablesMax} variables, each with 'id' and 'value'.");
        if (await store.FindInstanceAsync(id, cancellationToken) is not { } stored)
            return Problems.NotFound("workflow instance", id);
        var known = (await states.LoadAsync(stored, cancellationToken))?.Plan.Content.Variables.Select(variable => variable.Id).ToHashSet(StringComparer.Ordinal) ?? [];
        var unknown = wanted.Where(variable => variable?.Id is null || !known.Contains(variable.Id)).ToList();
        if (unknown.Count > 0)
            return Problems.Invalid("WF4005", "$.variables", $"The workflow has no variable with the id '{unknown[0]?.Id}'.");
        var changes = wanted.Select(variable => new Alteration.ModifyVariable(variable.Id!, variable.Value is { } value ? DynamicJson.FromElement(value) : null)).ToList();
        var result = await alterations.RunAsync(id, changes, cancellationToken);
        return result.IsSuccessful
            ? await InstanceRoutes.ListVariablesAsync(id, store, states, cancellationToken)
            : Problems.Status(StatusCodes.Status409Conflict, "WF4722", result.Log[^1].Message);
    }
}

/// <summary>Which variables get which values.</summary>
internal sealed record VariablesRequest
{
    /// <summary>The variables.</summary>
    public IReadOnlyList<VariableChange>? Variables { get; init; }
}

/// <summary>A variable and its new value.</summary>
internal sealed record VariableChange
{
    /// <summary>Id of the variable.</summary>
    public string? Id { get; init; }

    /// <summary>The value.</summary>
    public JsonElement? Value { get; init; }
}

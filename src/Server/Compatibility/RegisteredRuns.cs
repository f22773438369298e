using System.Text.Json;
using Platform.Engine;
using Platform.Engine.Definitions;
using Platform.Engine.Values;
using Platform.Runtime.Definitions;
using Platform.Runtime.Dispatching;
using Platform.Runtime.Execution;
using Platform.Runtime.Store;
using Platform.Server.Operations;

namespace Platform.Server.Compatibility;

/// <summary>Starts, stops and looks at the workflows that the configuration registers.</summary>
/// <param name="definitions">The workflows.</param>
/// <param name="runtime">Starts and cancels runs.</param>
/// <param name="intake">Says whether anything may start.</param>
/// <param name="store">Knows the runs.</param>
internal sealed class RegisteredRuns(WorkflowDefinitions definitions, WorkflowRuntime runtime, Intake intake, IWorkflowStore store)
{
    private const int CancelMax = 1_000;

    /// <summary>Says that no workflow is registered, and how to register one.</summary>
    /// <param name="setting">The setting.</param>
    public static Problem NoneRegistered(string setting) => new(
        StatusCodes.Status404NotFound, "WF4861", "No workflow is registered for this",
        $"This route starts or inspects a workflow that the configuration registers, and none is. Set {setting} to the definition id of a published workflow.");

    /// <summary>Queues a run.</summary>
    /// <param name="definitionId">The workflow, or null when none is registered.</param>
    /// <param name="setting">The setting that registers it.</param>
    /// <param name="input">Inputs by name.</param>
    /// <param name="cancellationToken">Ends the work before the commit.</param>
    /// <returns>The id of the instance, or why there is none.</returns>
    public async ValueTask<(string? InstanceId, IResult? Refusal)> StartAsync(
        string? definitionId, string setting, IReadOnlyDictionary<string, JsonElement> input, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(definitionId))
            return (null, NoneRegistered(setting));
        if (await definitions.FindAsync(definitionId, VersionOptions.Published, cancellationToken) is null)
        {
            return (null, NoneRegistered(setting) with
            {
                Detail = $"{setting} registers the workflow '{definitionId}', of which no version is published. Publish it, or set {setting} to another one.",
            });
        }

        if (!intake.HasRoom(1))
            return (null, Refusals.OfQueue(intake));
        var request = new StartRequest
        {
            DefinitionId = definitionId,
            Input = input.ToDictionary(member => member.Key, member => DynamicJson.FromElement(member.Value), StringComparer.Ordinal),
        };
        return (await runtime.DispatchAsync(request, cancellationToken), null);
    }

    /// <summary>The run of a workflow that was created last; null when there is none.</summary>
    /// <param name="definitionId">The workflow.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public async ValueTask<StoredInstance?> FindLastAsync(string definitionId, CancellationToken cancellationToken)
    {
        var page = await store.ListInstancesAsync(new InstanceFilter { DefinitionIds = [definitionId], Descending = true, Take = 1 }, cancellationToken);
        return page.Items is [var last] ? last : null;
    }

    /// <summary>The run of a workflow that finished well last; null when there is none.</summary>
    /// <param name="definitionId">The workflow.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public async ValueTask<StoredInstance?> FindLastFinishedAsync(string definitionId, CancellationToken cancellationToken)
    {
        var filter = new InstanceFilter { DefinitionIds = [definitionId], SubStatuses = [nameof(WorkflowSubStatus.Finished)], OrderBy = InstanceOrder.Finished, Descending = true, Take = 1 };
        return (await store.ListInstancesAsync(filter, cancellationToken)).Items is [var last] ? last : null;
    }

    /// <summary>The runs of a workflow that have not ended.</summary>
    /// <param name="definitionId">The workflow.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public async ValueTask<Page<StoredInstance>> ListRunningAsync(string definitionId, CancellationToken cancellationToken) =>
        await store.ListInstancesAsync(new InstanceFilter { DefinitionIds = [definitionId], Statuses = [nameof(WorkflowStatus.Running)], Take = CancelMax }, cancellationToken);

    /// <summary>Cancels the runs of a workflow that have not ended.</summary>
    /// <param name="definitionId">The workflow.</param>
    /// <param name="cancellationToken">Ends the work between two runs.</param>
    /// <returns>How many were cancelled.</returns>
    public async ValueTask<int> CancelAllAsync(string definitionId, CancellationToken cancellationToken)
    {
        var count = 0;
        foreach (var instance in (await ListRunningAsync(definitionId, cancellationToken)).Items)
            count += await runtime.CancelAsync(instance.Id, cancellationToken) ? 1 : 0;
        return count;
    }
}

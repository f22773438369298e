using System.Text.Json.Nodes;
using Platform.Runtime.Audit;
using Platform.Runtime.Execution;
using Platform.Runtime.Store;

namespace Platform.Server.Audit;

/// <summary>
/// Tells the audit log of a run that a person or a program asks for by the API. The entry is in the commit that first stores the run, or
/// its queued start; what was done before, under the same idempotency key for example, leaves none. Runs that HTTP endpoints, events
/// and schedules start have nobody to name, and pay nothing.
/// </summary>
/// <param name="definitionId">The workflow.</param>
internal sealed class AuditedStart(string definitionId)
{
    /// <summary>Ids that one entry names; more of them are a number only.</summary>
    private const int IdsMax = 100;

    private readonly AuditScope? _scope = AuditScope.Current;
    private IReadOnlyList<string>? _ids;
    private bool _isTold;

    /// <summary>The request, which now tells the audit log when it is done.</summary>
    /// <param name="start">The request.</param>
    public StartRequest Follow(StartRequest start) => _scope is null ? start : start with { Committing = AddTo };

    /// <summary>The first of several requests, which tells of all.</summary>
    /// <param name="start">The request.</param>
    /// <param name="ids">Ids of all the instances.</param>
    public StartRequest Follow(StartRequest start, IReadOnlyList<string> ids)
    {
        _ids = ids;
        return Follow(start);
    }

    /// <summary>Ends it: a run that was started is told, and of anything else only a refusal is worth an entry.</summary>
    public void End()
    {
        if (_isTold)
            _scope?.Settle();
        else
            _scope?.Leave();
    }

    private void AddTo(Commit commit)
    {
        var told = new JsonObject();
        if (_ids is null)
        {
            told["instanceId"] = commit.Instances?[0].Id ?? commit.Work?[0].InstanceId;
        }
        else
        {
            told["instances"] = _ids.Count;
            told["instanceIds"] = new JsonArray([.. _ids.Take(IdsMax).Select(id => JsonValue.Create(id))]);
        }

        _scope!.AddTo(commit, new AuditChange("workflow", definitionId, null) { After = told });
        _isTold = true;
    }
}

using Platform.Engine.Definitions;
using Platform.Runtime.Audit;
using Platform.Runtime.Store;

namespace Platform.Runtime.Definitions;

/// <content>What people keep with a definition, beside its document.</content>
public sealed partial class WorkflowDefinitions
{
    /// <summary>Changes what is kept with a definition. Neither its versions nor its revision change.</summary>
    /// <param name="definitionId">The definition.</param>
    /// <param name="kind">What is changed: a kind of <see cref="KeptDocuments"/>.</param>
    /// <param name="change">Makes the change out of the definition's name and what is kept now; null leaves it as it is.</param>
    /// <param name="cancellationToken">Ends the wait for earlier changes.</param>
    /// <returns>Whether there is such a definition.</returns>
    public async ValueTask<bool> KeepAsync(string definitionId, string kind, Func<string?, string?, KeptChange?> change, CancellationToken cancellationToken)
    {
        using var _ = await _locks.EnterAsync(definitionId, cancellationToken);
        if (await store.FindDefinitionAsync(definitionId, VersionOptions.Latest, cancellationToken) is not { } latest)
            return false;
        var kept = await store.FindDocumentAsync(kind, definitionId, cancellationToken);
        if (change(latest.Name, kept?.Json) is not { } changed)
            return true;
        var commit = changed.Json is { } json
            ? new Commit { Documents = [new(kind, definitionId, json)] }
            : new Commit { DeletedDocuments = [new(kind, definitionId)] };
        AuditScope.Current?.AddTo(commit, changed.Audit);
        await store.CommitAsync(commit, CancellationToken.None);
        return true;
    }
}

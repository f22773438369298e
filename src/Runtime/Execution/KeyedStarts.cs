using System.Security.Cryptography;
using System.Text;
using Platform.Runtime.Store;

namespace Platform.Runtime.Execution;

/// <summary>
/// Starts with an idempotency key: the same key for the same definition means the same instance, however often and from wherever it is
/// asked for. The id of the instance follows from the two, so the instance itself is the record of the key, and lives as long.
/// </summary>
/// <param name="store">Where instances and queued work are kept.</param>
/// <param name="runtime">Starts instances.</param>
/// <param name="runner">Reads instances.</param>
/// <param name="outbox">Queues work.</param>
/// <param name="codec">The form in which requests are compared.</param>
public sealed class KeyedStarts(IWorkflowStore store, WorkflowRuntime runtime, InstanceRunner runner, Outbox outbox, WorkCodec codec)
{
    /// <summary>Most characters of a key.</summary>
    public const int KeyLengthMax = 255;

    /// <summary>Property of an instance that was started with a key: the hash of the request.</summary>
    public const string FingerprintProperty = "IdempotencyFingerprint";

    /// <summary>Property of an instance that answered the request with a key: the answer.</summary>
    public const string AnswerProperty = "IdempotencyAnswer";

    private readonly KeyedLock _starting = new();

    /// <summary>Whether a text can be a key: 1 to 255 visible ASCII characters.</summary>
    /// <param name="key">The text.</param>
    public static bool IsKey(string key) => key.Length is > 0 and <= KeyLengthMax && key.All(character => character is > ' ' and <= '~');

    /// <summary>Starts an instance, or finds the one that this key started.</summary>
    /// <param name="request">What to start, by definition id and without an instance id.</param>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the work before the burst begins; a burst that has begun is committed.</param>
    /// <returns>What became of it; null when the key was used for another request.</returns>
    public async ValueTask<StartResult?> StartAsync(StartRequest request, string key, CancellationToken cancellationToken)
    {
        var (keyed, fingerprint) = WithKey(request, key);
        using var _ = await _starting.EnterAsync(keyed.InstanceId!, cancellationToken);
        if (await QueuedFingerprintAsync(keyed, cancellationToken) is { } queued && queued != fingerprint)
            return null;
        var result = await runtime.StartAsync(keyed, cancellationToken);
        return result is not StartResult.Exists || await StartedFingerprintAsync(keyed, cancellationToken) == fingerprint ? result : null;
    }

    /// <summary>Queues the start of an instance, unless this key did so before.</summary>
    /// <param name="request">What to start, by definition id and without an instance id.</param>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the work before the commit.</param>
    /// <returns>The id the instance has or will have; null when the key was used for another request.</returns>
    public ValueTask<string?> DispatchAsync(StartRequest request, string key, CancellationToken cancellationToken) =>
        DispatchAsync(request, key, new QueueTerms(), cancellationToken);

    /// <summary>Queues the start of an instance for later, or in front of others, unless this key did so before. The first terms hold.</summary>
    /// <param name="request">What to start, by definition id and without an instance id.</param>
    /// <param name="key">The key.</param>
    /// <param name="terms">When it may begin.</param>
    /// <param name="cancellationToken">Ends the work before the commit.</param>
    /// <returns>The id the instance has or will have; null when the key was used for another request.</returns>
    public async ValueTask<string?> DispatchAsync(StartRequest request, string key, QueueTerms terms, CancellationToken cancellationToken)
    {
        runtime.Dispatch.Intake.ThrowIfClosed();
        var (keyed, fingerprint) = WithKey(request, key);
        using var _ = await _starting.EnterAsync(keyed.InstanceId!, cancellationToken);
        // In this order: the commit that stores the instance deletes the work.
        var known = await QueuedFingerprintAsync(keyed, cancellationToken) ?? await StartedFingerprintAsync(keyed, cancellationToken);
        if (known is not null)
            return known == fingerprint ? keyed.InstanceId : null;
        var work = outbox.ToWork(keyed, terms) with { Key = WorkKey(keyed) };
        var commit = new Commit { Work = [work] };
        request.Committing?.Invoke(commit);
        var outcome = await store.CommitAsync(commit, cancellationToken);
        if (outcome != CommitOutcome.Committed)
            throw new InvalidOperationException($"Queueing the work '{work.Id}' failed: {outcome}.");
        outbox.Announce([work], []);
        return keyed.InstanceId;
    }

    /// <summary>The fingerprint of the queued start; null when none is queued.</summary>
    private async ValueTask<string?> QueuedFingerprintAsync(StartRequest keyed, CancellationToken cancellationToken) =>
        await store.FindWorkByKeyAsync(WorkKey(keyed), cancellationToken) is { } work
            ? FingerprintOf(codec.ReadStart(work.Payload).Properties)
            : null;

    /// <summary>The fingerprint with which the instance was started; null when there is none.</summary>
    private async ValueTask<string?> StartedFingerprintAsync(StartRequest keyed, CancellationToken cancellationToken) =>
        await runner.LoadAsync(keyed.InstanceId!, cancellationToken) is var (workflow, _) ? FingerprintOf(workflow.Properties) : null;

    private (StartRequest Keyed, string Fingerprint) WithKey(StartRequest request, string key)
    {
        if (request is not { DefinitionId: { } definitionId, DefinitionVersionId: null, InstanceId: null, Properties: null } || !IsKey(key))
            throw new ArgumentException("A start with a key names a definition, neither a version id nor an instance id, and a valid key.", nameof(request));
        // The order in which a caller writes the inputs says nothing.
        var input = request.Input?.OrderBy(member => member.Key, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        var fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(codec.Write(request with { Input = input }))));
        var keyed = request with
        {
            // With the length, no two pairs of definition and key make the same text.
            InstanceId = WorkflowRuntime.StableId("idempotency", $"{definitionId.Length}", definitionId, key),
            Properties = new Dictionary<string, object?>(StringComparer.Ordinal) { [FingerprintProperty] = fingerprint },
        };
        return (keyed, fingerprint);
    }

    private static string WorkKey(StartRequest keyed) => Outbox.StartKey(keyed.InstanceId!);

    private static string FingerprintOf(IReadOnlyDictionary<string, object?>? properties) =>
        properties?.GetValueOrDefault(FingerprintProperty) as string ?? "";
}

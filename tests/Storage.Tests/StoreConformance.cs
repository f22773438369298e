using System.Text;
using Platform.Engine.Definitions;
using Platform.Runtime.Store;

namespace Platform.Storage.Tests;

/// <summary>
/// What every store must do, member by member. A store passes by having a subclass here that makes it; all tests are inherited.
/// </summary>
public abstract partial class StoreConformance : IAsyncLifetime
{
    /// <summary>A time with all its digits: 100 ns must survive.</summary>
    protected static readonly DateTimeOffset Noon = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero).AddTicks(1_234_567);

    protected static CancellationToken None => CancellationToken.None;

    protected IWorkflowStore Store { get; private set; } = null!;

    /// <summary>Makes an empty store, not initialized yet.</summary>
    protected abstract IWorkflowStore CreateStore();

    public virtual async Task InitializeAsync()
    {
        Store = CreateStore();
        await Store.InitializeAsync(None);
    }

    public virtual async Task DisposeAsync() => await Store.DisposeAsync();

    [Fact]
    public void Description_AfterInitialize_SaysSomething() => Store.Description.ShouldNotBeNullOrWhiteSpace();

    [Fact]
    public async Task AnyMember_AfterDispose_ThrowsObjectDisposed()
    {
        await Store.DisposeAsync();

        await Should.ThrowAsync<ObjectDisposedException>(async () => await Store.CommitAsync(new(), None));
        await Should.ThrowAsync<ObjectDisposedException>(async () => await Store.FindInstanceAsync("a", None));
        await Should.ThrowAsync<ObjectDisposedException>(async () => await Store.ListInstancesAsync(new(), None));
    }

    [Fact]
    public async Task DisposeAsync_Twice_IsHarmless()
    {
        await Store.DisposeAsync();
        await Store.DisposeAsync();
    }

    protected static StoredInstance Instance(string id, long revision = 1, string definitionId = "order") =>
        new(id, definitionId, definitionId + "-v1", 1)
        {
            Revision = revision,
            CreatedAt = Noon,
            UpdatedAt = Noon.AddSeconds(revision),
            State = Bytes($"state of {id} at {revision}"),
        };

    protected static StoredBurst Burst(string instanceId, long revision = 1) =>
        new(instanceId, revision, Noon.AddSeconds(revision), Bytes($"log of {instanceId} at {revision}"));

    protected static StoredBookmark Bookmark(string id, string instanceId = "i", string name = "Elsa.Event", string hash = "hash") =>
        new(id, instanceId, name, hash) { ActivityInstanceId = "activity-" + id, CreatedAt = Noon };

    protected static StoredTrigger Trigger(string id, string definitionId = "order", string name = "Elsa.Timer", string hash = "hash") =>
        new(id, definitionId, definitionId + "-v1", "activity-" + id, name, hash);

    protected static StoredWork Work(string id, string? key = null) =>
        new(id, "start", "{}") { Key = key, DueAt = Noon, CreatedAt = Noon };

    protected static WorkflowDefinition Definition(string id, string definitionId = "order", int version = 1) =>
        new(id, definitionId, version) { Name = "Order", CreatedAt = Noon, Document = $$"""{"id":"{{id}}"}""" };

    protected static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    protected static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    protected async Task<CommitOutcome> CommitAsync(Commit commit) => await Store.CommitAsync(commit, None);

    /// <summary>A commit that must succeed.</summary>
    protected async Task PutAsync(Commit commit) => (await CommitAsync(commit)).ShouldBe(CommitOutcome.Committed);

    protected Task PutAsync(params StoredInstance[] instances) => PutAsync(new Commit { Instances = [.. instances] });

    protected async Task<string[]> ListIdsAsync(InstanceFilter filter) =>
        [.. (await Store.ListInstancesAsync(filter, None)).Items.Select(x => x.Id)];
}

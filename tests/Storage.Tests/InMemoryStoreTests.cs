using Platform.Runtime.Store;

namespace Platform.Storage.Tests;

public sealed class InMemoryStoreTests : StoreConformance
{
    protected override IWorkflowStore CreateStore() => new InMemoryStore();
}

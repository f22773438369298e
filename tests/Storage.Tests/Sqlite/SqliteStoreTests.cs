using Platform.Runtime.Store;
using Platform.Storage.Sqlite;

namespace Platform.Storage.Tests.Sqlite;

public sealed class SqliteStoreTests : StoreConformance, IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    protected override IWorkflowStore CreateStore() => new SqliteStore(_directory.Options(), TimeProvider.System);
}

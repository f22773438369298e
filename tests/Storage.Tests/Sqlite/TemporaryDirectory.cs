using Platform.Storage.Sqlite;

namespace Platform.Storage.Tests.Sqlite;

/// <summary>A data directory for one test, gone afterwards.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("storage-tests-").FullName;

    /// <summary>The library that all tests use; set STORAGE_TESTS_LIBRARY=bundled to test the one that comes with the program.</summary>
    public SqliteOptions Options() => new()
    {
        DataDirectory = System.IO.Path.Combine(Path, "data"),
        Library = Environment.GetEnvironmentVariable("STORAGE_TESTS_LIBRARY") ?? "",
    };

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

using Platform.Runtime.Store;

namespace Platform.Server.Operations;

/// <summary>
/// Finds out whether the store can write, by writing: a document that is larger than what is left of a full disk or database, in turn under
/// two names, so that each write needs room of its own before the one before it is given back.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="options">How long it may take.</param>
/// <param name="clock">Time.</param>
/// <param name="logger">Log.</param>
internal sealed class StoreProbe(IWorkflowStore store, HealthOptions options, TimeProvider clock, ILogger<StoreProbe> logger)
{
    private const string Kind = "health";

    /// <summary>Several pages of a database.</summary>
    private const int Bytes = 16 * 1024;
    private static readonly string[] Names = ["probe-a", "probe-b"];
    private static readonly string Filling = new('.', Bytes);
    private Task? _write;
    private bool? _hasFirst;
    private bool _hasFailed;

    /// <summary>Whether the store writes; if not, why. Not to be called twice at once.</summary>
    public async ValueTask<string?> FailureAsync()
    {
        // A write that hangs is not followed by another one.
        _write ??= WriteAsync();
        try
        {
            await _write.WaitAsync(options.StoreTimeout, clock);
            _write = null;
            _hasFailed = false;
            return null;
        }
        catch (TimeoutException) when (_write is { IsCompleted: false })
        {
            return $"The store has not answered for more than {options.StoreTimeout}.";
        }
        // Whatever it is, the answer to the question is no.
        catch (Exception exception)
        {
            _write = null;
            if (!_hasFailed)
                Log.StoreNotReady(logger, exception);
            _hasFailed = true;
            return $"The store refuses writes: {exception.Message}";
        }
    }

    private async Task WriteAsync()
    {
        _hasFirst ??= await store.FindDocumentAsync(Kind, Names[0], CancellationToken.None) is not null;
        var (name, other) = _hasFirst.Value ? (Names[1], Names[0]) : (Names[0], Names[1]);
        var document = new StoredDocument(Kind, name, $$"""{"at":"{{clock.GetUtcNow():O}}","filling":"{{Filling}}"}""");
        await store.CommitAsync(new Commit { Documents = [document], DeletedDocuments = [new DocumentKey(Kind, other)] }, CancellationToken.None);
        _hasFirst = !_hasFirst;
    }
}

namespace Platform.Server.Operations;

/// <summary>
/// Lines of the standard input, one reader at a time in the order in which they asked. Reading a terminal cannot be called off, so it happens
/// aside: who gives up leaves the line that comes then to the next one.
/// </summary>
/// <param name="lines">The standard input.</param>
internal sealed class StandardInput(TextReader lines) : TextReader
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private Task<string?>? _coming;

    /// <inheritdoc/>
    public override async ValueTask<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            _coming ??= Task.Run(lines.ReadLine, CancellationToken.None);
            var line = await _coming.WaitAsync(cancellationToken);
            _coming = null;
            return line;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // Not the input itself: closing it while it is read waits for a line that may never come.
        if (disposing)
            _turn.Dispose();
        base.Dispose(disposing);
    }
}

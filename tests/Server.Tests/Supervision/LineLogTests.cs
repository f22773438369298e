using Platform.Server.Supervision;

namespace Platform.Server.Tests.Supervision;

public sealed class LineLogTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("platform-log-");
    private readonly LineLog _log;

    public LineLogTests() => _log = new LineLog(Path.Combine(_folder.FullName, "shop"), text => text.Replace("secret", "***", StringComparison.Ordinal), TimeProvider.System);

    public void Dispose()
    {
        _log.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Files_and_their_number_are_bounded_and_the_oldest_lines_go()
    {
        _log.Limit(bytesMax: 1_000, files: 3);
        for (var i = 0; i < 200; i++)
            _log.Write(LogStream.Out, $"line {i:000}");

        var files = _folder.EnumerateFiles("*.log", SearchOption.AllDirectories).ToList();
        files.Select(file => file.Name).Order(StringComparer.Ordinal).ShouldBe(["1.log", "2.log", "current.log"]);
        files.ShouldAllBe(file => file.Length <= 1_000);
        var (lines, count) = await FindAsync(new LogQuery(null, null, null, 1_000));
        count.ShouldBe(lines.Count);
        lines.Select(line => line.Text).ShouldBe(Enumerable.Range(200 - count, count).Select(i => $"line {i:000}"), "they are in order over all files, and none is missing");

        _log.Limit(bytesMax: 1_000, files: 1);
        for (var i = 0; i < 40; i++)
            _log.Write(LogStream.Out, "x");
        _folder.EnumerateFiles("*.log", SearchOption.AllDirectories).ShouldHaveSingleItem("fewer files are kept now").Name.ShouldBe("current.log");
    }

    [Fact]
    public async Task Lines_are_found_by_text_stream_and_time_and_of_many_the_newest()
    {
        _log.Write(LogStream.Out, "Order 1 came");
        _log.Write(LogStream.Error, "order 2 FAILED");
        var between = DateTimeOffset.UtcNow;
        while (DateTimeOffset.UtcNow - between < TimeSpan.FromMilliseconds(2))
            await Task.Yield();
        _log.Write(LogStream.Out, "order 3 came");

        (await TextsAsync(new LogQuery("ORDER", null, null, 10))).ShouldBe(["Order 1 came", "order 2 FAILED", "order 3 came"]);
        (await TextsAsync(new LogQuery("came", null, null, 1))).ShouldBe(["order 3 came"]);
        (await FindAsync(new LogQuery("came", null, null, 1))).Count.ShouldBe(2);
        (await TextsAsync(new LogQuery(null, null, LogStream.Error, 10))).ShouldBe(["order 2 FAILED"]);
        (await TextsAsync(new LogQuery(null, between.AddMilliseconds(1), null, 10))).ShouldBe(["order 3 came"]);
        (await TextsAsync(new LogQuery("none", null, null, 10))).ShouldBeEmpty();
    }

    [Fact]
    public async Task Secrets_are_masked_and_the_last_error_is_remembered()
    {
        _log.Write(LogStream.Error, "the secret is out");
        _log.Write(LogStream.Error, "  ");

        (await TextsAsync(new LogQuery("out", null, null, 10))).ShouldBe(["the *** is out"]);
        _log.LastError.ShouldBe("the *** is out");
    }

    [Fact]
    public async Task What_is_written_is_there_for_whoever_comes_after_a_kill_and_half_a_line_is_left_out()
    {
        _log.Write(LogStream.Out, "before");
        await File.AppendAllTextAsync(Path.Combine(_folder.FullName, "shop", "current.log"), "2026-01-0");

        using var next = new LineLog(Path.Combine(_folder.FullName, "shop"), text => text, TimeProvider.System);
        next.Write(LogStream.Out, "after");
        var (lines, _) = await next.SearchAsync(new LogQuery(null, null, null, 10), CancellationToken.None);

        lines.Select(line => line.Text).ShouldBe(["before", "after"]);
    }

    [Fact]
    public async Task A_line_without_end_becomes_several_and_broken_text_breaks_nothing()
    {
        var lines = new List<string>();
        using var stream = new MemoryStream([.. Enumerable.Repeat((byte)'a', Lines.LengthMax + 5), (byte)'\r', (byte)'\n', 0xFF, (byte)'z', (byte)'\n', (byte)'\n', (byte)'e']);

        await Lines.ReadAsync(stream, lines.Add);

        lines.ShouldBe([new string('a', Lines.LengthMax), "aaaaa", "\uFFFDz", "", "e"]);
    }

    private async Task<IEnumerable<string>> TextsAsync(LogQuery query) => (await FindAsync(query)).Lines.Select(line => line.Text);

    private Task<(IReadOnlyList<LogLine> Lines, int Count)> FindAsync(LogQuery query) => _log.SearchAsync(query, CancellationToken.None);
}

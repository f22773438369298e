using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Platform.Runtime;
using Platform.Server.Sync;

namespace Platform.Server.Tests.Sync;

/// <summary>A folder that is watched while the server runs.</summary>
public sealed class DefinitionWatchTests : IAsyncLifetime
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(1);
    private readonly FilesFolder _folder = new();

    private DefinitionWatch Watch => _folder.Server.Services.GetRequiredService<DefinitionWatch>();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _folder.DisposeAsync();

    [Fact]
    public async Task New_and_changed_files_are_taken_in_without_being_asked()
    {
        await using var folder = new FilesFolder(new() { ["DefinitionFiles:Watch"] = "true" });
        var changes = folder.Server.Services.GetRequiredService<RuntimeEvents>();
        var arrivals = new SemaphoreSlim(0);
        changes.DefinitionChanged += (_, _) => arrivals.Release();
        folder.Write("orders.json", FilesFolder.Workflow("orders", "one"));
        (await arrivals.WaitAsync(_patience)).ShouldBeTrue();
        (await folder.TextOfAsync("orders")).ShouldBe("one");

        folder.Write("orders.json", FilesFolder.Workflow("orders", "two and longer"));
        (await arrivals.WaitAsync(_patience)).ShouldBeTrue();

        (await folder.TextOfAsync("orders")).ShouldBe("two and longer");
        (await folder.FindAsync("orders"))!["isPublished"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Fact]
    public async Task A_broken_file_is_told_and_loses_nothing()
    {
        _folder.Write("orders.json", FilesFolder.Workflow("orders", "one"));
        await Watch.ScanAsync(CancellationToken.None);
        _folder.Write("orders.json", """{"definitionId":"orders","root":{""");
        await Watch.ScanAsync(CancellationToken.None);

        var file = (await StatesAsync())["items"]![0]!;
        file["state"]!.GetValue<string>().ShouldBe("Broken");
        file["problems"]![0]!["code"]!.GetValue<string>().ShouldBe("WF4727");
        _folder.Server.Logged.ToString().ShouldContain("[4532] The file orders.json cannot be used, and nothing was changed. The file is not JSON: line 1");
        (await _folder.TextOfAsync("orders")).ShouldBe("one");

        _folder.Write("orders.json", FilesFolder.Workflow("orders", "mended"));
        await Watch.ScanAsync(CancellationToken.None);
        (await StatesAsync())["items"]![0]!["state"]!.GetValue<string>().ShouldBe("Imported");
        (await _folder.TextOfAsync("orders")).ShouldBe("mended");
    }

    [Fact]
    public async Task What_somebody_changed_in_Studio_is_not_overwritten_by_a_file()
    {
        _folder.Write("orders.json", FilesFolder.Workflow("orders", "one"));
        await Watch.ScanAsync(CancellationToken.None);
        await _folder.SaveAsync("orders", "in Studio");
        _folder.Write("orders.json", FilesFolder.Workflow("orders", "in the editor"));
        await Watch.ScanAsync(CancellationToken.None);

        (await StatesAsync())["items"]![0]!["state"]!.GetValue<string>().ShouldBe("Conflict");
        _folder.Server.Logged.ToString().ShouldContain("[4533] The file orders.json was not taken in.");
        (await _folder.TextOfAsync("orders")).ShouldBe("in Studio");
    }

    [Fact]
    public async Task A_file_that_did_not_change_is_not_read_again()
    {
        _folder.Write("orders.json", FilesFolder.Workflow("orders", "one"));
        while (await Watch.ScanAsync(CancellationToken.None))
        {
        }

        var before = Watch.LastScanAt;
        _folder.Server.Clock.Advance(TimeSpan.FromMinutes(1));
        (await Watch.ScanAsync(CancellationToken.None)).ShouldBeFalse();
        Watch.LastScanAt.ShouldBe(before);
    }

    [Fact]
    public async Task A_folder_that_is_gone_is_told_once()
    {
        Directory.Delete(_folder.Path, recursive: true);
        await Watch.ScanAsync(CancellationToken.None);
        await Watch.ScanAsync(CancellationToken.None);
        (await StatesAsync())["problem"]!.GetValue<string>().ShouldContain("is not there");
        _folder.Server.Logged.ToString().Split("[4534]").Length.ShouldBe(2);
        Directory.CreateDirectory(_folder.Path);
    }

    private async Task<JsonNode> StatesAsync() => await (await _folder.Client.GetAsync(new Uri("/api/definitions/files", UriKind.Relative))).JsonAsync();
}

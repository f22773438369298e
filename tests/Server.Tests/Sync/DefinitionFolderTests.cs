using System.Net;

namespace Platform.Server.Tests.Sync;

/// <summary>What a request or a file may not do: leave the folder, or take more than there is.</summary>
public sealed class DefinitionFolderTests : IAsyncLifetime
{
    private readonly FilesFolder _folder = new(new() { ["DefinitionFiles:FilesMax"] = "3", ["DefinitionFiles:DepthMax"] = "2", ["ElsaApi:BodyBytesMax"] = "2000" });
    private readonly string _outside = Directory.CreateTempSubdirectory("platform-outside-").FullName;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _folder.DisposeAsync();
        Directory.Delete(_outside, recursive: true);
    }

    [Theory]
    [InlineData("..")]
    [InlineData("../other")]
    [InlineData("a/../..")]
    [InlineData("/etc")]
    [InlineData("//server/share")]
    [InlineData("a//b")]
    [InlineData(".git")]
    [InlineData("a/.hidden")]
    [InlineData("..\\other")]
    [InlineData("C:/Windows")]
    [InlineData("a\u0000b")]
    [InlineData("none")]
    public async Task A_folder_that_is_not_within_the_configured_one_is_refused(string folder)
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, "a", ".hidden"));
        foreach (var direction in (string[])["FromFiles", "ToFiles"])
        {
            var refused = await _folder.SyncAsync($"?direction={direction}&folder={Uri.EscapeDataString(folder)}", HttpStatusCode.BadRequest);
            refused["code"]!.GetValue<string>().ShouldBe("WF4725");
        }
    }

    [Fact]
    public async Task Links_lead_nowhere()
    {
        File.WriteAllText(Path.Combine(_outside, "secret.json"), FilesFolder.Workflow("secret"));
        Directory.CreateSymbolicLink(Path.Combine(_folder.Path, "link"), _outside);
        File.CreateSymbolicLink(Path.Combine(_folder.Path, "file.json"), Path.Combine(_outside, "secret.json"));

        (await _folder.SyncAsync("?folder=link", HttpStatusCode.BadRequest))["detail"]!.GetValue<string>().ShouldContain("'link' is a link");
        var report = await _folder.SyncAsync();
        DefinitionSyncTests.Outcomes(report).ShouldBe("file.json Invalid Left");
        report["items"]![0]!["problems"]![0]!["code"]!.GetValue<string>().ShouldBe("WF4727");
        (await _folder.FindAsync("secret")).ShouldBeNull();
    }

    [Fact]
    public async Task A_file_is_not_written_through_a_link()
    {
        await _folder.SaveAsync("orders", "one");
        var target = Path.Combine(_outside, "target.json");
        File.WriteAllText(target, "theirs");
        File.CreateSymbolicLink(Path.Combine(_folder.Path, "orders.json"), target);

        DefinitionSyncTests.Outcomes(await _folder.SyncAsync("?direction=ToFiles&force=true")).ShouldContain("orders Conflict Left");
        File.ReadAllText(target).ShouldBe("theirs");
    }

    [Fact]
    public async Task The_folder_itself_may_be_a_link_of_the_operator()
    {
        var link = Path.Combine(_outside, "root");
        Directory.CreateSymbolicLink(link, _folder.Path);
        _folder.Write("orders.json", FilesFolder.Workflow("orders"));
        await using var server = new TestServer(new() { ["Storage:Kind"] = "Memory", ["Security:BootstrapPassword"] = TestServer.Password, ["Security:BootstrapApiKey"] = TestServer.ApiKey, ["DefinitionFiles:Root"] = link });

        var answer = await server.WithApiKey().PostAsync(new Uri("/api/definitions/sync", UriKind.Relative), null);

        DefinitionSyncTests.Outcomes(await answer.JsonAsync()).ShouldBe("orders Added Done");
    }

    [Fact]
    public async Task There_is_a_limit_on_files_depth_and_size()
    {
        _folder.Write("a/b/deep.json", FilesFolder.Workflow("deep"));
        _folder.Write("large.json", FilesFolder.Workflow("large", new string('x', 3_000)));
        DefinitionSyncTests.Outcomes(await _folder.SyncAsync()).ShouldBe("deep Added Done; large.json Invalid Left");

        Directory.CreateDirectory(Path.Combine(_folder.Path, "a", "b", "c"));
        (await _folder.SyncAsync("", HttpStatusCode.BadRequest))["detail"]!.GetValue<string>().ShouldContain("2 levels");
        Directory.Delete(Path.Combine(_folder.Path, "a", "b", "c"));

        _folder.Write("three.json", "{}");
        _folder.Write("four.json", "{}");
        var refused = await _folder.SyncAsync("", HttpStatusCode.BadRequest);
        refused["code"]!.GetValue<string>().ShouldBe("WF4726");
        refused["detail"]!.GetValue<string>().ShouldContain("3 JSON files");
    }

    [Fact]
    public async Task More_definitions_than_the_limit_are_not_written()
    {
        for (var number = 0; number < 4; number++)
            await _folder.SaveAsync($"flow-{number}", "one");

        (await _folder.SyncAsync("?direction=ToFiles", HttpStatusCode.BadRequest))["code"]!.GetValue<string>().ShouldBe("WF4726");
        Directory.GetFiles(_folder.Path).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_told()
    {
        await _folder.SaveAsync("orders", "one");
        // In the way of what is written first.
        Directory.CreateDirectory(Path.Combine(_folder.Path, ".orders.json.new", "x"));

        (await _folder.SyncAsync("?direction=ToFiles", HttpStatusCode.InternalServerError))["code"]!.GetValue<string>().ShouldBe("WF4732");
    }
}

using System.Net;
using System.Text.Json.Nodes;

namespace Platform.Server.Tests.Sync;

/// <summary>Definitions and a folder of files, brought to the same state one way or the other.</summary>
public sealed class DefinitionSyncTests : IAsyncLifetime
{
    private readonly FilesFolder _folder = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _folder.DisposeAsync();

    [Fact]
    public async Task A_dry_run_tells_what_would_happen_to_each_definition_and_changes_nothing()
    {
        await _folder.SaveAsync("stored", "only here");
        await _folder.SaveAsync("both", "stored text");
        _folder.Write("new.json", FilesFolder.Workflow("new"));
        _folder.Write("deep/er/both.json", FilesFolder.Workflow("both", "text of the file"));
        _folder.Write("broken.json", "{\"definitionId\": ");
        _folder.Write("nameless.json", """{"root":{"type":"Elsa.WriteLine"}}""");
        _folder.Write("package.json", """{"name":"no workflow"}""");
        _folder.Write("readme.md", "no JSON");

        var report = await _folder.SyncAsync("?dryRun=true");

        Statuses(report).ShouldBe("both Conflict; broken.json Invalid; nameless.json Invalid; new Added; stored OnlyInDatabase");
        report["ignored"]!.GetValue<int>().ShouldBe(1);
        report["left"]!.GetValue<int>().ShouldBe(3);
        var conflict = Item(report, "both");
        conflict["problems"]![0]!["code"]!.GetValue<string>().ShouldBe("WF4730");
        conflict["differences"]![0]!["activityId"]!.GetValue<string>().ShouldBe("w1");
        conflict["differences"]![0]!["members"]![0]!.GetValue<string>().ShouldBe("text");
        conflict["file"]!.GetValue<string>().ShouldBe("deep/er/both.json");
        Item(report, "broken.json")["problems"]![0]!["message"]!.GetValue<string>().ShouldContain("line 1");
        Item(report, "nameless.json")["problems"]![0]!["code"]!.GetValue<string>().ShouldBe("WF4728");
        (await _folder.FindAsync("new")).ShouldBeNull();
    }

    [Fact]
    public async Task Files_become_published_workflows_and_later_changes_of_files_new_versions()
    {
        _folder.Write("orders.json", FilesFolder.Workflow("orders", "one"));
        _folder.Write("draft.json", FilesFolder.Workflow("draft", isPublished: false));

        Outcomes(await _folder.SyncAsync()).ShouldBe("draft Added Done; orders Added Done");
        Outcomes(await _folder.SyncAsync()).ShouldBe("draft Same None; orders Same None");
        (await _folder.FindAsync("orders"))!["isPublished"]!.GetValue<bool>().ShouldBeTrue();
        (await _folder.FindAsync("draft"))!["isPublished"]!.GetValue<bool>().ShouldBeFalse();

        _folder.Write("orders.json", FilesFolder.Workflow("orders", "two"));
        var report = await _folder.SyncAsync();

        Outcomes(report).ShouldBe("draft Same None; orders Changed Done");
        Item(report, "orders")["version"]!.GetValue<int>().ShouldBe(2);
        Item(report, "orders")["lastSync"]!["direction"]!.GetValue<string>().ShouldBe("FromFiles");
        (await _folder.TextOfAsync("orders")).ShouldBe("two");
    }

    [Fact]
    public async Task What_was_changed_here_since_is_overwritten_only_by_force()
    {
        _folder.Write("orders.json", FilesFolder.Workflow("orders", "one"));
        await _folder.SyncAsync();
        await _folder.SaveAsync("orders", "changed in Studio");

        Outcomes(await _folder.SyncAsync()).ShouldBe("orders Conflict Left", "the file is the older one");
        _folder.Write("orders.json", FilesFolder.Workflow("orders", "two"));
        var refused = await _folder.SyncAsync();
        Outcomes(refused).ShouldBe("orders Conflict Left");
        Item(refused, "orders")["problems"]![0]!["message"]!.GetValue<string>().ShouldContain("Version 2, which is stored, was changed since then");
        (await _folder.TextOfAsync("orders")).ShouldBe("changed in Studio");

        Outcomes(await _folder.SyncAsync("?force=true")).ShouldBe("orders Conflict Done");
        (await _folder.TextOfAsync("orders")).ShouldBe("two");
        Outcomes(await _folder.SyncAsync("?dryRun=true")).ShouldBe("orders Same None");
    }

    [Fact]
    public async Task What_was_taken_back_or_deleted_here_does_not_come_back_by_itself()
    {
        _folder.Write("retracted.json", FilesFolder.Workflow("retracted"));
        _folder.Write("deleted.json", FilesFolder.Workflow("deleted"));
        await _folder.SyncAsync();
        (await _folder.Client.PostAsync(new Uri("/elsa/api/workflow-definitions/retracted/retract", UriKind.Relative), null)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await _folder.Client.DeleteAsync(new Uri("/elsa/api/workflow-definitions/deleted", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        Outcomes(await _folder.SyncAsync()).ShouldBe("deleted Conflict Left; retracted Conflict Left");
        (await _folder.FindAsync("deleted")).ShouldBeNull();
        Outcomes(await _folder.SyncAsync("?force=true&definitionId=deleted")).ShouldBe("deleted Conflict Done");
        (await _folder.FindAsync("deleted")).ShouldNotBeNull();
        (await _folder.FindAsync("retracted"))!["isPublished"]!.GetValue<bool>().ShouldBeFalse();
    }

    [Fact]
    public async Task The_database_is_written_into_files_that_change_only_where_workflows_do()
    {
        await _folder.SaveAsync("orders", "one");
        await _folder.SaveAsync("Bestellung Ü", "two", publish: false);

        Outcomes(await _folder.SyncAsync("?direction=ToFiles")).ShouldBe("Bestellung Ü Added Done; orders Added Done");
        var written = _folder.Read("orders.json");
        written.ShouldStartWith("{\n  \"$schema\":");
        written.ShouldEndWith("}\n");
        written.ShouldNotContain("\r");
        foreach (var volatileMember in (string[])["createdAt", "\"isLatest\"", "nodeId", "toolVersion"])
            written.ShouldNotContain(volatileMember);
        Directory.GetFiles(_folder.Path).Length.ShouldBe(2, "no half of a file is left");

        Outcomes(await _folder.SyncAsync("?direction=ToFiles")).ShouldBe("Bestellung Ü Same None; orders Same None");
        Outcomes(await _folder.SyncAsync("?dryRun=true")).ShouldBe("Bestellung Ü Same None; orders Same None", "what was written is what would be read");

        await _folder.SaveAsync("orders", "three");
        Outcomes(await _folder.SyncAsync("?direction=ToFiles")).ShouldBe("Bestellung Ü Same None; orders Changed Done");
        var changed = written.Split('\n').Zip(_folder.Read("orders.json").Split('\n')).Count(pair => pair.First != pair.Second);
        changed.ShouldBe(1, "only the line with the text");
    }

    [Fact]
    public async Task A_file_that_was_changed_or_deleted_since_is_overwritten_only_by_force()
    {
        await _folder.SaveAsync("orders", "one");
        await _folder.SaveAsync("gone", "one");
        await _folder.SyncAsync("?direction=ToFiles");
        _folder.Write("orders.json", FilesFolder.Workflow("orders", "by hand"));
        File.Delete(Path.Combine(_folder.Path, "gone.json"));
        await _folder.SaveAsync("orders", "two");

        Outcomes(await _folder.SyncAsync("?direction=ToFiles")).ShouldBe("gone Conflict Left; orders Conflict Left");
        _folder.Read("orders.json").ShouldContain("by hand");
        Outcomes(await _folder.SyncAsync("?direction=ToFiles&force=true")).ShouldBe("gone Conflict Done; orders Conflict Done");
        _folder.Read("orders.json").ShouldContain("two");
    }

    [Fact]
    public async Task A_file_that_holds_something_else_is_never_overwritten()
    {
        await _folder.SaveAsync("orders", "one");
        _folder.Write("orders.json", "not JSON, but somebody's");

        Outcomes(await _folder.SyncAsync("?direction=ToFiles&force=true")).ShouldBe("orders Conflict Left; orders.json Invalid Left");
        _folder.Read("orders.json").ShouldBe("not JSON, but somebody's");
    }

    [Fact]
    public async Task One_workflow_in_two_files_is_told_and_the_second_is_left_out()
    {
        _folder.Write("a.json", FilesFolder.Workflow("orders", "first"));
        _folder.Write("b.json", FilesFolder.Workflow("orders", "second"));

        var report = await _folder.SyncAsync();

        Outcomes(report).ShouldBe("orders Added Done; orders Invalid Left");
        report["items"]![1]!["problems"]![0]!["code"]!.GetValue<string>().ShouldBe("WF4729");
        (await _folder.TextOfAsync("orders")).ShouldBe("first");
    }

    [Fact]
    public async Task What_cannot_be_published_is_told_beforehand_and_keeps_nothing_else_out()
    {
        _folder.Write("bad.json", FilesFolder.Workflow("bad").Replace("\"id\":\"w1\"", "\"id\":\"root\"", StringComparison.Ordinal)
            .Replace("\"activities\":[", "\"activities\":[{\"id\":\"x\",\"type\":\"Elsa.WriteLine\"},{\"id\":\"x\",\"type\":\"Elsa.WriteLine\"},", StringComparison.Ordinal));
        _folder.Write("good.json", FilesFolder.Workflow("good"));

        var report = await _folder.SyncAsync();

        Outcomes(report).ShouldBe("bad Invalid Left; good Added Done");
        Item(report, "bad")["problems"]![0]!["code"]!.GetValue<string>().ShouldBe("WF1002");
    }

    [Fact]
    public async Task The_commit_of_a_checkout_is_told_and_recorded()
    {
        _folder.Write(".git/HEAD", "ref: refs/heads/main\n");
        _folder.Write(".git/packed-refs", "# pack-refs\n0123456789abcdef0123456789abcdef01234567 refs/heads/main\n");
        _folder.Write("flows/orders.json", FilesFolder.Workflow("orders"));

        var report = await _folder.SyncAsync("?folder=flows");

        report["branch"]!.GetValue<string>().ShouldBe("main");
        report["commit"]!.GetValue<string>().ShouldBe("0123456789abcdef0123456789abcdef01234567");
        Item(await _folder.SyncAsync("?folder=flows&dryRun=true"), "orders")["lastSync"]!["commit"]!.GetValue<string>().ShouldStartWith("0123");
    }

    [Fact]
    public async Task Whoever_may_not_publish_stores_drafts()
    {
        _folder.Write("orders.json", FilesFolder.Workflow("orders"));
        var created = await _folder.Client.PostAsync(new Uri("/api/keys", UriKind.Relative), new StringContent("""{"name":"writer","permissions":["write:workflow-definitions"]}""", System.Text.Encoding.UTF8, "application/json"));
        var writer = _folder.Server.WithApiKey((await created.JsonAsync())["key"]!.GetValue<string>());

        await (await writer.PostAsync(new Uri("/api/definitions/sync", UriKind.Relative), null)).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "WF4008");
        (await _folder.FindAsync("orders")).ShouldBeNull();
        (await writer.PostAsync(new Uri("/api/definitions/sync?publish=false", UriKind.Relative), null)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await _folder.FindAsync("orders"))!["isPublished"]!.GetValue<bool>().ShouldBeFalse();
    }

    [Fact]
    public async Task Each_change_stands_in_the_audit_log_and_a_dry_run_does_not()
    {
        _folder.Write("orders.json", FilesFolder.Workflow("orders"));
        await _folder.SyncAsync("?dryRun=true");
        await _folder.SyncAsync();
        await _folder.SaveAsync("other", "one");
        await _folder.SyncAsync("?direction=ToFiles");

        var entries = (await (await _folder.Client.GetAsync(new Uri("/api/audit", UriKind.Relative))).JsonAsync())["items"]!.AsArray()
            .Select(entry => $"{entry!["action"]} {entry["target"]!["id"]}").ToList();

        entries[0].ShouldBe("workflow.export-files ");
        entries.ShouldContain("workflow.publish orders");
        entries.Count(entry => entry.StartsWith("workflow.sync", StringComparison.Ordinal)).ShouldBe(0);
    }

    internal static string Statuses(JsonNode report) => string.Join("; ", report["items"]!.AsArray().Select(item => $"{item!["definitionId"] ?? item["file"]} {item["status"]}"));

    internal static string Outcomes(JsonNode report) => string.Join("; ", report["items"]!.AsArray().Select(item => $"{item!["definitionId"] ?? item["file"]} {item["status"]} {item["outcome"]}"));

    private static JsonNode Item(JsonNode report, string name) =>
        report["items"]!.AsArray().First(item => item!["definitionId"]?.GetValue<string>() == name || item["file"]?.GetValue<string>() == name)!;
}

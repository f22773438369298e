using System.Text.Json.Nodes;

namespace Platform.Server.Tests.Elsa;

/// <summary>What becomes of taking back, deleting and uploading what somebody else has changed meanwhile.</summary>
public sealed class RemovalConflictTests(ElsaServer server) : IClassFixture<ElsaServer>
{
    [Fact]
    public async Task Taking_back_what_somebody_else_has_changed_is_refused_and_takes_nothing_back()
    {
        var seen = await PublishAsync("retract-conflict");
        await SaveAsync("retract-conflict", "Changed by somebody else");

        var refused = await SendAsync(HttpMethod.Post, "/workflow-definitions/retract-conflict/retract", seen);

        refused.Status.ShouldBe(412, refused.Text);
        refused.Node["code"]!.GetValue<string>().ShouldBe("WF4780");
        refused.Node["conflict"]!["by"]!["kind"]!.GetValue<string>().ShouldBe("apiKey");
        (await ExistsAsync("retract-conflict", "Published")).ShouldBeTrue();
        var now = refused.Node["conflict"]!["revision"]!.GetValue<string>();
        (await SendAsync(HttpMethod.Post, "/workflow-definitions/retract-conflict/retract", now)).Status.ShouldBe(200);
        (await ExistsAsync("retract-conflict", "Published")).ShouldBeFalse();
    }

    [Fact]
    public async Task Deleting_what_somebody_else_has_changed_is_refused_and_deletes_nothing()
    {
        var seen = await PublishAsync("delete-conflict");
        await SaveAsync("delete-conflict", "Changed by somebody else");
        var version = (await server.GetAsync("/workflow-definitions/by-definition-id/delete-conflict?versionOptions=Latest")).Node["id"]!.GetValue<string>();

        foreach (var path in (string[])["/workflow-definitions/delete-conflict", "/workflow-definitions/delete-conflict/version/2", $"/workflow-definition-versions/{version}"])
        {
            var refused = await SendAsync(HttpMethod.Delete, path, seen);
            refused.Status.ShouldBe(412, $"{path}: {refused.Text}");
            refused.Node["code"]!.GetValue<string>().ShouldBe("WF4780");
        }

        (await server.GetAsync("/workflow-definitions/delete-conflict/versions")).Node["totalCount"]!.GetValue<int>().ShouldBe(2);
        var now = (await server.GetAsync("/workflow-definitions/by-definition-id/delete-conflict")).Headers["ETag"].Trim('"');
        (await SendAsync(HttpMethod.Delete, $"/workflow-definition-versions/{version}", now)).Status.ShouldBe(204);
        now = (await server.GetAsync("/workflow-definitions/by-definition-id/delete-conflict")).Headers["ETag"].Trim('"');
        (await SendAsync(HttpMethod.Delete, "/workflow-definitions/delete-conflict", now)).Status.ShouldBe(204);
        (await SendAsync(HttpMethod.Delete, "/workflow-definitions/delete-conflict", now)).Status.ShouldBe(404);
    }

    [Fact]
    public async Task A_tab_is_answered_so_that_Studio_shows_it()
    {
        var seen = await PublishAsync("tab-delete");
        await SaveAsync("tab-delete", "Changed by somebody else");
        var refused = await SendAsync(HttpMethod.Delete, "/workflow-definitions/tab-delete", seen, tab: "tab-1");
        refused.ShouldBeInvalid("WF4780", "is not saved, because bootstrap saved version 2");
    }

    [Fact]
    public async Task A_header_that_cannot_be_read_changes_nothing()
    {
        await PublishAsync("unreadable");
        foreach (var (method, path) in new[] { (HttpMethod.Post, "/workflow-definitions/unreadable/retract"), (HttpMethod.Delete, "/workflow-definitions/unreadable"), (HttpMethod.Delete, "/workflow-definitions/unreadable/version/1") })
        {
            using var request = new HttpRequestMessage(method, "/elsa/api" + path);
            request.Headers.TryAddWithoutValidation("If-Match", "W/\"1\"");
            using var response = await server.Client.SendAsync(request);
            ((int)response.StatusCode).ShouldBe(400);
            (await response.Content.ReadAsStringAsync()).ShouldContain("WF4781");
        }

        (await ExistsAsync("unreadable", "Published")).ShouldBeTrue();
    }

    [Fact]
    public async Task Of_several_at_once_those_that_somebody_else_has_changed_are_left_and_named()
    {
        var (one, two, three) = (await PublishAsync("bulk-1"), await PublishAsync("bulk-2"), await PublishAsync("bulk-3"));
        await SaveAsync("bulk-2", "Changed by somebody else");
        var body = $$$"""{"definitionIds":["bulk-1","bulk-2","bulk-3"],"revisions":{"bulk-1":"{{{one}}}","bulk-2":"{{{two}}}","bulk-3":"{{{three}}}"} }""";

        var retracted = (await server.PostAsync("/bulk-actions/retract/workflow-definitions/by-definition-ids", body)).Node;
        retracted["retracted"]!.ToJsonString().ShouldBe("""["bulk-1","bulk-3"]""");
        retracted["conflicts"]!.ToJsonString().ShouldBe("""["bulk-2"]""");

        var published = (await server.PostAsync("/bulk-actions/publish/workflow-definitions/by-definition-ids", body)).Node;
        published["published"]!.ToJsonString().ShouldBe("""["bulk-1","bulk-3"]""");
        published["conflicts"]!.ToJsonString().ShouldBe("""["bulk-2"]""");

        var (nowOne, nowThree) = (await RevisionAsync("bulk-1"), await RevisionAsync("bulk-3"));
        nowOne.ShouldNotBe(one, "publishing is a change");
        var deleted = (await server.PostAsync("/bulk-actions/delete/workflow-definitions/by-definition-id", body.Replace(one, nowOne, StringComparison.Ordinal).Replace(three, nowThree, StringComparison.Ordinal))).Node;
        deleted["deleted"]!.GetValue<int>().ShouldBe(2);
        deleted["conflicts"]!.ToJsonString().ShouldBe("""["bulk-2"]""");
        (await ExistsAsync("bulk-2", "Latest")).ShouldBeTrue();

        var elsa = (await server.PostAsync("/bulk-actions/delete/workflow-definitions/by-definition-id", """{"definitionIds":["bulk-2"]}""")).Text;
        elsa.ShouldBe("""{"deleted":1}""", "without conflicts the answer is Elsa's");
    }

    [Fact]
    public async Task Of_several_versions_those_of_a_workflow_that_somebody_else_has_changed_are_left_and_named()
    {
        await PublishAsync("versions-1");
        await SaveAsync("versions-1", "A draft beside it");
        var (mine, theirs) = (await RevisionAsync("versions-1"), await PublishAsync("versions-2"));
        var (first, second, other) = (await VersionIdAsync("versions-1", "1"), await VersionIdAsync("versions-1", "2"), await VersionIdAsync("versions-2", "1"));
        await SaveAsync("versions-2", "Changed by somebody else");
        const string Path = "/bulk-actions/delete/workflow-definitions/by-id";

        var header = await SendAsync(HttpMethod.Post, Path, theirs, $$"""{"ids":["{{other}}"]}""");
        header.Text.ShouldBe($$"""{"deleted":0,"conflicts":["{{other}}"]}""");
        (await SendAsync(HttpMethod.Post, Path, theirs, $$"""{"ids":["{{other}}","{{first}}"]}""")).ShouldBeInvalid("WF4781", "If-Match is about one workflow");

        // Deleting the latest version is a change of the workflow; the request that does it may go on with the next one.
        var deleted = await server.PostAsync(Path, $$"""{"ids":["{{second}}","{{other}}","{{first}}"],"revisions":{"{{second}}":"{{mine}}","{{first}}":"{{mine}}","{{other}}":"{{theirs}}"} }""");
        deleted.Text.ShouldBe($$"""{"deleted":2,"conflicts":["{{other}}"]}""");
        (await ExistsAsync("versions-1", "Latest")).ShouldBeFalse();
        (await ExistsAsync("versions-2", "Latest")).ShouldBeTrue();
        (await server.PostAsync(Path, $$"""{"ids":["{{other}}"]}""")).Text.ShouldBe("""{"deleted":1}""", "without conflicts the answer is Elsa's");
    }

    [Fact]
    public async Task The_header_stands_for_one_workflow_only()
    {
        var seen = await PublishAsync("single");
        await SaveAsync("single", "Changed by somebody else");

        var conflict = await SendAsync(HttpMethod.Post, "/bulk-actions/delete/workflow-definitions/by-definition-id", seen, """{"definitionIds":["single"]}""");
        conflict.Node["deleted"]!.GetValue<int>().ShouldBe(0);
        conflict.Node["conflicts"]!.ToJsonString().ShouldBe("""["single"]""");
        (await SendAsync(HttpMethod.Post, "/bulk-actions/delete/workflow-definitions/by-definition-id", seen, """{"definitionIds":["single","other"]}""")).ShouldBeInvalid("WF4781", "If-Match is about one workflow");
        (await ExistsAsync("single", "Latest")).ShouldBeTrue();
    }

    [Fact]
    public async Task An_uploaded_file_does_not_overwrite_what_somebody_else_has_changed()
    {
        var seen = await PublishAsync("upload");
        await SaveAsync("upload", "Changed by somebody else");

        var refused = await UploadAsync(seen, Document("upload", "From the file"));
        refused.Status.ShouldBe(412, refused.Text);
        refused.Node["code"]!.GetValue<string>().ShouldBe("WF4780");
        refused.Node["conflict"]!["differences"]![0]!["members"]!.ToJsonString().ShouldBe("""["name"]""");
        (await UploadAsync(seen, Document("upload", "a"), Document("other", "b"))).ShouldBeInvalid("WF4781", "Import its file alone");

        var saved = await UploadAsync(await RevisionAsync("upload"), Document("upload", "From the file"));
        saved.Status.ShouldBe(200, saved.Text);
        saved.Headers["ETag"].Trim('"').ShouldBe(await RevisionAsync("upload"));
    }

    private static string Document(string id, string name) => $$$"""{"definitionId":"{{{id}}}","name":"{{{name}}}","root":{"id":"r","type":"Elsa.Sequence","activities":[]}}""";

    private async Task<string> PublishAsync(string id)
    {
        await server.ImportAsync(Document(id, id), publish: true);
        return await RevisionAsync(id);
    }

    private async Task SaveAsync(string id, string name) =>
        (await server.PostAsync("/workflow-definitions", $$$"""{"model":{{{Document(id, name)}}},"publish":false}""")).Status.ShouldBe(200);

    private async Task<string> RevisionAsync(string id) => (await server.GetAsync($"/workflow-definitions/by-definition-id/{id}?versionOptions=Latest")).Headers["ETag"].Trim('"');

    private async Task<string> VersionIdAsync(string id, string version) =>
        (await server.GetAsync($"/workflow-definitions/by-definition-id/{id}?versionOptions={version}")).Node["id"]!.GetValue<string>();

    private async Task<bool> ExistsAsync(string id, string version) => (await server.GetAsync($"/workflow-definitions/by-definition-id/{id}?versionOptions={version}")).Status == 200;

    private async Task<Answer> UploadAsync(string revision, params string[] documents)
    {
        using var content = new MultipartFormDataContent();
        foreach (var (index, document) in documents.Index())
            content.Add(new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(document)), "files", $"file-{index}.json");
        return await SendAsync(HttpMethod.Post, "/workflow-definitions/import-files", revision, content);
    }

    private async Task<Answer> SendAsync(HttpMethod method, string path, string revision, string? body = null, string? tab = null)
    {
        using var content = body is null ? null : ElsaServer.Json(body);
        return await SendAsync(method, path, revision, content, tab);
    }

    private async Task<Answer> SendAsync(HttpMethod method, string path, string revision, HttpContent? content, string? tab = null)
    {
        using var request = new HttpRequestMessage(method, "/elsa/api" + path) { Content = content };
        request.Headers.TryAddWithoutValidation("If-Match", $"\"{revision}\"");
        if (tab is not null)
            request.Headers.TryAddWithoutValidation("Platform-Tab", tab);
        using var response = await server.Client.SendAsync(request);
        var headers = response.Headers.Concat(response.Content.Headers).ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);
        return new Answer((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(), headers);
    }
}

using System.Text.Json.Nodes;

namespace Platform.Server.Tests.Elsa;

public sealed class DefinitionTests(ElsaServer server) : IClassFixture<ElsaServer>
{
    [Fact]
    public async Task A_draft_is_overwritten_and_a_published_version_is_followed_by_a_new_draft()
    {
        var first = await server.ImportAsync(Documents.Order("versions", "versions-v1", "Versions"));
        var again = await SaveAsync("versions", "Versions, edited");
        again["id"]!.GetValue<string>().ShouldBe("versions-v1");
        again["version"]!.GetValue<int>().ShouldBe(1);
        first["isPublished"]!.GetValue<bool>().ShouldBeFalse();

        var published = await SaveAsync("versions", "Versions, published", publish: true);
        published["isPublished"]!.GetValue<bool>().ShouldBeTrue();
        published["isLatest"]!.GetValue<bool>().ShouldBeTrue();

        var draft = await SaveAsync("versions", "Versions, next");
        draft["version"]!.GetValue<int>().ShouldBe(2);
        draft["id"]!.GetValue<string>().ShouldNotBe("versions-v1");
        draft["isLatest"]!.GetValue<bool>().ShouldBeTrue();
        draft["isPublished"]!.GetValue<bool>().ShouldBeFalse();

        var old = (await server.GetAsync("/workflow-definitions/by-id/versions-v1")).Node;
        old["isLatest"]!.GetValue<bool>().ShouldBeFalse();
        old["isPublished"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Fact]
    public async Task Saving_the_published_content_again_makes_no_new_version()
    {
        await server.ImportAsync(Documents.Order("same", "same-v1", "Same"), publish: true);
        var model = (await server.GetAsync("/workflow-definitions/by-definition-id/same")).Node;
        var answer = await server.PostAsync("/workflow-definitions", new JsonObject { ["model"] = model.DeepClone(), ["publish"] = true }.ToJsonString());
        answer.Status.ShouldBe(200);
        answer.Node["alreadyPublished"]!.GetValue<bool>().ShouldBeTrue();
        answer.Node["workflowDefinition"]!["version"]!.GetValue<int>().ShouldBe(1);
    }

    [Fact]
    public async Task Publishing_replaces_the_published_version_and_retracting_takes_it_back()
    {
        await server.ImportAsync(Documents.Order("cycle", "cycle-v1", "Cycle"), publish: true);
        await SaveAsync("cycle", "Cycle 2");
        (await server.PostAsync("/workflow-definitions/cycle/publish", "{}")).Status.ShouldBe(200);
        (await server.GetAsync("/workflow-definitions/by-id/cycle-v1")).Node["isPublished"]!.GetValue<bool>().ShouldBeFalse();

        var retracted = await server.PostAsync("/workflow-definitions/cycle/retract", "{}");
        retracted.Status.ShouldBe(200);
        retracted.Node["isPublished"]!.GetValue<bool>().ShouldBeFalse();
        retracted.Node["version"]!.GetValue<int>().ShouldBe(2);
        (await server.PostAsync("/workflow-definitions/cycle/retract", null)).ShouldBeInvalid("WF4009", "no published version");
    }

    [Fact]
    public async Task Reverting_makes_a_new_draft_with_the_old_content()
    {
        await server.ImportAsync(Documents.Order("back", "back-v1", "Back"), publish: true);
        await SaveAsync("back", "Forth", publish: true);
        var reverted = await server.PostAsync("/workflow-definitions/back/revert/1", null);
        reverted.Status.ShouldBe(201);
        reverted.Node["version"]!.GetValue<int>().ShouldBe(3);
        reverted.Node["name"]!.GetValue<string>().ShouldBe("Back");
        (await server.PostAsync("/workflow-definitions/back/revert/9", null)).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Lists_page_search_sort_and_select_versions()
    {
        foreach (var letter in "cab")
            await server.ImportAsync(Documents.Order($"list-{letter}", $"list-{letter}-v1", $"Zebra {letter}"), publish: letter == 'a');
        var page = await server.GetAsync("/workflow-definitions?versionOptions=Latest&Page=0&PageSize=2&SearchTerm=zebra&IsSystem=False&OrderDirection=Ascending");
        page.Node["items"]!.AsArray().Select(item => item!["name"]!.GetValue<string>()).ShouldBe(["Zebra a", "Zebra b"]);
        page.Node["totalCount"]!.GetValue<int>().ShouldBe(3);
        page.Node["links"]!.AsArray().ShouldContain(link => link!["rel"]!.GetValue<string>() == "bulk-publish");

        var published = await server.GetAsync("/workflow-definitions?versionOptions=Published&DefinitionIds=list-a&DefinitionIds=list-b");
        published.Node["items"]!.AsArray().Count.ShouldBe(1);
        var byIds = await server.GetAsync("/workflow-definitions?versionOptions=&Ids=list-a-v1&Ids=list-a-v1");
        byIds.Node["items"]!.AsArray().Count.ShouldBe(1);
        (await server.GetAsync("/workflow-definitions?label=x")).Node["totalCount"]!.GetValue<int>().ShouldBe(0);
    }

    [Theory]
    [InlineData("?Page=-1&PageSize=10")]
    [InlineData("?Page=0&PageSize=0")]
    [InlineData("?Page=x")]
    [InlineData("?versionOptions=Sometimes")]
    public async Task A_list_that_makes_no_sense_is_refused(string query) =>
        (await server.GetAsync("/workflow-definitions" + query)).ShouldBeInvalid("WF4005", "");

    [Fact]
    public async Task Names_are_compared_trimmed_in_any_case_and_without_the_own_definition()
    {
        await server.ImportAsync(Documents.Order("named", "named-v1", "A certain name"));
        (await IsUniqueAsync("name=%20a%20CERTAIN%20name%20")).ShouldBeFalse();
        (await IsUniqueAsync("name=A%20certain%20name&definitionId=named")).ShouldBeTrue();
        (await IsUniqueAsync("name=Another")).ShouldBeTrue();
    }

    [Theory]
    [InlineData("GET", "/workflow-definitions/by-definition-id/none")]
    [InlineData("GET", "/workflow-definitions/by-id/none")]
    [InlineData("GET", "/workflow-definitions/none")]
    [InlineData("GET", "/workflow-definitions/none/versions")]
    [InlineData("GET", "/workflow-definitions/none/export")]
    [InlineData("GET", "/workflow-definitions/subgraph/none")]
    [InlineData("GET", "/workflow-definitions/subgraph/segments/none")]
    [InlineData("DELETE", "/workflow-definitions/none")]
    [InlineData("DELETE", "/workflow-definition-versions/none")]
    [InlineData("POST", "/workflow-definitions/none/publish")]
    [InlineData("POST", "/workflow-definitions/none/retract")]
    [InlineData("POST", "/workflow-definitions/none/execute")]
    [InlineData("GET", "/workflow-definitions/none/execute")]
    [InlineData("POST", "/workflow-definitions/none/dispatch")]
    public async Task What_is_not_there_is_a_404_with_details(string method, string path)
    {
        var answer = await server.SendAsync(HttpMethod.Parse(method), path, null);
        answer.Status.ShouldBe(404);
        answer.Headers["Content-Type"].ShouldStartWith("application/problem+json");
        answer.Node["code"]!.GetValue<string>().ShouldBe("WF4004");
    }

    [Fact]
    public async Task Deleting_the_latest_version_makes_the_one_before_the_latest()
    {
        await server.ImportAsync(Documents.Order("shrink", "shrink-v1", "Shrink"), publish: true);
        var draft = await SaveAsync("shrink", "Shrink 2");
        (await server.DeleteAsync($"/workflow-definition-versions/{draft["id"]}")).Status.ShouldBe(204);
        (await server.GetAsync("/workflow-definitions/by-id/shrink-v1")).Node["isLatest"]!.GetValue<bool>().ShouldBeTrue();
        (await server.DeleteAsync("/workflow-definitions/shrink")).Status.ShouldBe(204);
        (await server.GetAsync("/workflow-definitions/by-id/shrink-v1")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Bulk_changes_say_what_became_of_each()
    {
        await server.ImportAsync(Documents.Order("bulk-a", "bulk-a-v1", "Bulk a"));
        await server.ImportAsync(Documents.Order("bulk-b", "bulk-b-v1", "Bulk b"), publish: true);
        var published = await server.PostAsync(
            "/bulk-actions/publish/workflow-definitions/by-definition-ids", """{"definitionIds":["bulk-a","bulk-b","bulk-c"]}""");
        Ids(published, "published").ShouldBe(["bulk-a"]);
        Ids(published, "alreadyPublished").ShouldBe(["bulk-b"]);
        Ids(published, "notFound").ShouldBe(["bulk-c"]);

        var retracted = await server.PostAsync(
            "/bulk-actions/retract/workflow-definitions/by-definition-ids", """{"definitionIds":["bulk-a","bulk-c"]}""");
        Ids(retracted, "retracted").ShouldBe(["bulk-a"]);
        Ids(retracted, "notFound").ShouldBe(["bulk-c"]);

        var zip = await server.PostAsync("/bulk-actions/export/workflow-definitions", """{"ids":["bulk-a-v1","bulk-b-v1"],"includeConsumingWorkflows":false}""");
        zip.Headers["Content-Type"].ShouldBe("application/zip");
        using var archive = new System.IO.Compression.ZipArchive(new MemoryStream(zip.Bytes));
        archive.Entries.Count.ShouldBe(2);

        var deleted = await server.PostAsync("/bulk-actions/delete/workflow-definitions/by-definition-id", """{"definitionIds":["bulk-a","bulk-b","bulk-c"]}""");
        deleted.Node["deleted"]!.GetValue<int>().ShouldBe(2);
        (await server.PostAsync("/bulk-actions/delete/workflow-definitions/by-id", """{"ids":["none"]}""")).Node["deleted"]!.GetValue<int>().ShouldBe(0);
    }

    [Fact]
    public async Task Parts_of_a_workflow_are_found_by_node_id()
    {
        var body = $$"""{"type":"Elsa.Sequence","version":1,"id":"s","activities":[{{Documents.WriteLine("w")}}]}""";
        var root = $$"""{"type":"Elsa.Flowchart","version":1,"id":"f","activities":[{"type":"Elsa.While","version":1,"id":"l","name":"Loop","body":{{body}} }]}""";
        var model = await server.ImportAsync(Documents.Of("graph", root));
        var id = model["id"]!.GetValue<string>();

        var part = (await server.GetAsync($"/workflow-definitions/subgraph/{id}?parentNodeId=Workflow1:f:l")).Node;
        part["activity"]!["id"]!.GetValue<string>().ShouldBe("l");

        var segments = (await server.GetAsync($"/workflow-definitions/subgraph/segments/{id}?childNodeId=Workflow1:f:l:s:w")).Node;
        segments["childNode"]!["nodeId"]!.GetValue<string>().ShouldBe("Workflow1:f:l:s:w");
        segments["container"]!["nodeId"]!.GetValue<string>().ShouldBe("Workflow1:f:l:s");
        segments["pathSegments"]!.AsArray().Count.ShouldBe(1);
        segments["pathSegments"]![0]!["portName"]!.GetValue<string>().ShouldBe("Body");
        segments["pathSegments"]![0]!["activityName"]!.GetValue<string>().ShouldBe("Loop");
        (await server.GetAsync($"/workflow-definitions/subgraph/{id}?parentNodeId=Workflow1:x")).ShouldBeInvalid("WF4005", "Workflow1:x");
    }

    private static IEnumerable<string> Ids(Answer answer, string list) => answer.Node[list]!.AsArray().Select(item => item!.GetValue<string>());

    private async Task<bool> IsUniqueAsync(string query) =>
        (await server.GetAsync("/workflow-definitions/validation/is-name-unique?" + query)).Node["isUnique"]!.GetValue<bool>();

    private async Task<JsonNode> SaveAsync(string definitionId, string name, bool publish = false)
    {
        var model = (await server.GetAsync($"/workflow-definitions/by-definition-id/{definitionId}?versionOptions=Latest")).Node.DeepClone();
        model["name"] = name;
        var answer = await server.PostAsync("/workflow-definitions", new JsonObject { ["model"] = model, ["publish"] = publish }.ToJsonString());
        answer.Status.ShouldBe(200, answer.Text);
        return answer.Node["workflowDefinition"]!;
    }
}

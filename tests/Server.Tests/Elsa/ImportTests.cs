using System.Text;
using System.Text.Json.Nodes;

namespace Platform.Server.Tests.Elsa;

public sealed class ImportTests(ElsaServer server) : IClassFixture<ElsaServer>
{
    [Fact]
    public async Task A_dry_run_tells_what_would_be_done_and_does_nothing()
    {
        await server.ImportAsync(Line("dry-known", "Known", version: 1), publish: true);
        await server.ImportAsync(Line("dry-known", "Known, changed", version: 1), publish: true);

        var report = await UploadAsync(
            "dryRun=true",
            ("new.json", Line("dry-new", "New", version: 1)),
            ("older.json", Line("dry-known", "Known", version: 1)),
            ("twice.json", Line("dry-new", "New", version: 1)),
            ("odd.json", Workflow("dry-odd", "Odd", """{"type":"Acme.Unknown","version":1,"id":"u"},{"type":"Elsa.WriteLine","version":1,"id":"p","text":{"typeName":"String","expression":{"type":"Python","value":"1"}}}""")),
            ("bad.json", """{"definitionId":"dry-bad","root":[]}"""));

        report.Status.ShouldBe(200, report.Text);
        report.Node["canImport"]!.GetValue<bool>().ShouldBeFalse();
        var items = report.Node["items"]!.AsArray();
        items.Select(item => Text(item!, "action")).ShouldBe(["Create", "Update", "Create", "Create", "Refused"]);
        Codes(items[1]!, "conflicts").ShouldBe(["WF4702"]);
        items[1]!["storedVersion"]!.GetValue<int>().ShouldBe(2);
        Codes(items[2]!, "conflicts").ShouldBe(["WF4703"]);
        Codes(items[3]!, "unknownActivities").ShouldBe(["WF1103"]);
        Codes(items[3]!, "expressions").ShouldNotBeEmpty();
        Codes(items[4]!, "problems").ShouldBe(["WF4006"]);
        (await server.GetAsync("/workflow-definitions/by-definition-id/dry-new?versionOptions=Latest")).Status.ShouldBe(404);
        (await NameOfAsync("dry-known")).ShouldBe("Known, changed");
    }

    [Fact]
    public async Task A_dry_run_of_one_document_tells_of_the_draft_that_it_would_overwrite()
    {
        await server.ImportAsync(Line("dry-draft", "Draft", version: 1));

        var report = await server.PostAsync("/workflow-definitions/import?dryRun=true", Line("dry-draft", "Other", version: 1));
        var same = await server.PostAsync("/workflow-definitions/import?dryRun=true", Line("dry-draft", "Draft", version: 1));

        report.Node["canImport"]!.GetValue<bool>().ShouldBeTrue(report.Text);
        Codes(report.Node["items"]![0]!, "conflicts").ShouldBe(["WF4704"]);
        Text(same.Node["items"]![0]!, "action").ShouldBe("Unchanged");
        (await NameOfAsync("dry-draft")).ShouldBe("Draft");
    }

    [Fact]
    public async Task One_bad_file_keeps_all_of_an_upload_out()
    {
        var answer = await UploadAsync("", ("good.json", Line("all-good", "Good", version: 1)), ("bad.json", """{"definitionId":"all-bad","root":[]}"""));

        answer.ShouldBeInvalid("WF4006", "bad.json");
        (await server.GetAsync("/workflow-definitions/by-definition-id/all-good?versionOptions=Latest")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Files_imported_as_new_get_ids_of_their_own_and_use_each_other_as_before()
    {
        const string Uses = """
            {"type":"Child","version":3,"id":"c","workflowDefinitionId":"new-child","workflowDefinitionVersionId":"new-child-v3","latestAvailablePublishedVersionId":"new-child-v3"},
            {"type":"Elsa.ExecuteWorkflow","version":1,"id":"x","workflowDefinitionId":{"typeName":"String","expression":{"type":"Literal","value":"new-child"}}},
            {"type":"Elsa.ExecuteWorkflow","version":1,"id":"y","workflowDefinitionId":{"typeName":"String","expression":{"type":"Literal","value":"elsewhere"}}}
            """;
        await server.ImportAsync(Line("new-child", "Stored child", version: 1));

        var answer = await UploadAsync("asNew=true", ("parent.json", Workflow("new-parent", "Parent", Uses)), ("child.json", Line("new-child", "Child", version: 3)));

        answer.Status.ShouldBe(200, answer.Text);
        var ids = answer.Node["definitionIds"]!.AsArray().Select(id => id!.GetValue<string>()).ToList();
        ids.ShouldNotContain("new-child");
        (await NameOfAsync("new-child")).ShouldBe("Stored child");
        (await NameOfAsync(ids[1])).ShouldBe("Child");
        var child = await server.GetAsync($"/workflow-definitions/by-definition-id/{ids[1]}?versionOptions=Latest");
        child.Node["version"]!.GetValue<int>().ShouldBe(1);
        var parent = JsonNode.Parse((await server.GetAsync($"/workflow-definitions/{ids[0]}/export?versionOptions=Latest")).Text)!;
        var activities = parent["root"]!["activities"]!.AsArray();
        Text(activities[0]!, "workflowDefinitionId").ShouldBe(ids[1]);
        Text(activities[0]!, "workflowDefinitionVersionId").ShouldBe(Text(child.Node, "id"));
        Text(activities[1]!["workflowDefinitionId"]!["expression"]!, "value").ShouldBe(ids[1]);
        Text(activities[2]!["workflowDefinitionId"]!["expression"]!, "value").ShouldBe("elsewhere");
    }

    [Fact]
    public async Task A_document_cannot_be_new_and_a_version_of_a_named_workflow()
    {
        var answer = await server.SendAsync(HttpMethod.Put, "/workflow-definitions/named/import?asNew=true", ElsaServer.Json(Line("named", "Named", version: 1)));

        answer.ShouldBeInvalid("WF4005", "cannot become a new one");
    }

    private static string Line(string id, string name, int version) => Workflow(
        id, name, """{"type":"Elsa.WriteLine","version":1,"id":"w","text":{"typeName":"String","expression":{"type":"Literal","value":"Hello"}}}""", version);

    private static string Workflow(string id, string name, string activities, int version = 1) =>
        $$$"""{"definitionId":"{{{id}}}","name":"{{{name}}}","version":{{{version}}},"root":{"type":"Elsa.Sequence","version":1,"id":"s","activities":[{{{activities}}}]}}""";

    private static string Text(JsonNode node, string member) => node[member]!.GetValue<string>();

    private static IEnumerable<string> Codes(JsonNode item, string member) => item[member]!.AsArray().Select(problem => Text(problem!, "code"));

    private async Task<string> NameOfAsync(string definitionId) =>
        Text((await server.GetAsync($"/workflow-definitions/by-definition-id/{definitionId}?versionOptions=Latest")).Node, "name");

    private async Task<Answer> UploadAsync(string query, params (string Name, string Content)[] files)
    {
        using var form = new MultipartFormDataContent();
        foreach (var (name, content) in files)
            form.Add(new ByteArrayContent(Encoding.UTF8.GetBytes(content)), "files", name);
        return await server.SendAsync(HttpMethod.Post, "/workflow-definitions/import-files?" + query, form);
    }
}

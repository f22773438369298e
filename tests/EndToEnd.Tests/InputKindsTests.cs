using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Platform.EndToEnd.Tests;

/// <summary>Every kind of field that Elsa Studio has for inputs: what a person types is stored, and arrives when the workflow runs.</summary>
[Collection(Studio.Name)]
public sealed class InputKindsTests(Studio.Fixture studio)
{
    const string Workflow = "input-kinds";

    [Fact]
    public Task What_is_typed_into_each_kind_of_field_arrives_when_the_workflow_runs() => studio.PlayAsync(async page =>
    {
        using var client = studio.Server.CreateClient();
        await ImportAsync(client);
        await page.SignInAsync("/studio/definitions/" + Workflow);
        await page.WaitForCanvasAsync(activities: 8);

        await page.SelectAsync("set");
        await page.PickAsync("Variable", "Greeting");
        await page.ChooseLanguageAsync("Value", "Liquid");
        await page.EditCodeAsync("Value", "{{ \"hello\" | upcase }}");
        await page.SelectAsync("script");
        await page.EditCodeAsync("Script", "setComputed(6 * 7)");
        await page.SelectAsync("notify");
        await page.EditCodeAsync("Data", "{ \"n\": 3 }");
        await page.PickAsync("Severity", "Warning");
        await page.EditLinesAsync("Message", "first line\nsecond line");
        await page.ChooseLanguageAsync("Title", "Variable");
        await page.PickAsync("Title", "Greeting");
        await page.SelectAsync("child");
        await page.AddRowAsync("Add entry", "Who", "JavaScript", "getGreeting()");
        await page.PickAsync("Workflow Definition", "Child of the kinds");
        await page.TickAsync("Wait For Completion");
        await page.SelectAsync("choose");
        await page.AddRowAsync("Add case", "Yes", "JavaScript", "getComputed() == 42");
        await page.ConnectAsync("choose", "Yes", "out");
        await page.SelectAsync("out");
        await page.PickAsync("Output", "Answer");
        await page.ChooseLanguageAsync("Value", "Input");
        await page.PickAsync("Value", "Who - Who it is for");
        await page.SelectAsync("endpoint");
        await page.EditTextAsync("Path", Workflow);
        await page.EditTextAsync("Request Size Limit", "64");
        await page.TickAsync("Methods", "POST");
        await page.TickAsync("Methods", "GET");
        await page.SelectAsync("respond");
        await page.EditCodeAsync("Response Headers", "{ \"X-Kind\": \"json\" }");
        await page.PickAsync("Status Code", "Accepted");
        await page.PickAsync("Content Type", "application/json");
        await page.ChooseLanguageAsync("Content", "JavaScript");
        await page.EditCodeAsync("Content", "({ greeting: getGreeting(), computed: getComputed(), who: getWho() })");
        await page.PublishAsync();

        var run = await page.RunWithAsync("Who it is for", "Ada");
        await page.Page.GetByText($"'endpoint' waits for an HTTP request: POST /workflows/{Workflow}.").WaitForAsync();
        await AnswersAsync(client);
        await ArrivedAsync(client, run);
        await page.Page.GetByText("It finished after").WaitForAsync();
    });

    /// <summary>The waiting run takes what the check list, the number and the dropdowns say, and nothing else.</summary>
    static async Task AnswersAsync(HttpClient client)
    {
        using var get = await client.GetAsync("workflows/" + Workflow);
        get.StatusCode.ShouldBeOneOf(HttpStatusCode.NotFound, HttpStatusCode.MethodNotAllowed);
        using var large = await client.PostAsJsonAsync("workflows/" + Workflow, new { text = new string('x', 100) });
        large.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);

        using var answer = await client.PostAsJsonAsync("workflows/" + Workflow, new { });
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        answer.Headers.GetValues("X-Kind").ShouldBe(["json"]);
        var content = (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
        content["greeting"]!.GetValue<string>().ShouldBe("HELLO");
        content["computed"]!.GetValue<int>().ShouldBe(42);
        content["who"]!.GetValue<string>().ShouldBe("Ada");
    }

    static async Task ArrivedAsync(HttpClient client, string run)
    {
        var steps = (await client.GetFromJsonAsync<JsonObject>("elsa/api/activity-executions/list?WorkflowInstanceId=" + run))!["items"]!.AsArray();
        JsonNode StateOf(string activity) => steps.Single(step => step!["activityId"]!.GetValue<string>() == activity)!["activityState"]!;
        StateOf("notify")["Message"]!.GetValue<string>().ShouldBe("first line\nsecond line");
        StateOf("notify")["Severity"]!.GetValue<string>().ShouldBe("Warning");
        StateOf("notify")["Title"]!.GetValue<string>().ShouldBe("HELLO");
        StateOf("notify")["Data"]!.ToJsonString().ShouldContain("3");
        StateOf("child")["Input"]!["Who"]!.GetValue<string>().ShouldBe("HELLO");
        StateOf("child")["WaitForCompletion"]!.GetValue<bool>().ShouldBeTrue();

        var instance = (await client.GetFromJsonAsync<JsonObject>("elsa/api/workflow-instances/" + run))!;
        instance["subStatus"]!.GetValue<string>().ShouldBe("Finished");
        instance["workflowState"]!["output"]!["Answer"]!.GetValue<string>().ShouldBe("Ada");
    }

    static async Task ImportAsync(HttpClient client)
    {
        await SendAsync(client, "elsa/api/workflow-definitions", """
            {"publish": true, "model": {"definitionId": "input-kinds-child", "name": "Child of the kinds", "inputs": [{"name": "Who", "type": "String", "displayName": "Who"}],
              "root": {"id": "root", "type": "Elsa.Flowchart", "version": 1, "connections": [], "activities": [{"id": "line", "type": "Elsa.WriteLine", "version": 1}]}}}
            """);
        string[] activities =
        [
            Activity("set", "Elsa.SetVariable", 140, 40), Activity("script", "Elsa.RunJavaScript", 400, 40), Activity("notify", "Platform.Notify", 660, 40),
            Activity("child", "Elsa.ExecuteWorkflow", 140, 140), Activity("choose", "Elsa.FlowSwitch", 400, 140), Activity("out", "Elsa.SetOutput", 660, 140),
            Activity("endpoint", "Elsa.HttpEndpoint", 140, 240), Activity("respond", "Elsa.WriteHttpResponse", 400, 240),
        ];
        string[] connections =
        [
            Connection("set", "script"), Connection("script", "notify"), Connection("notify", "child"), Connection("child", "choose"),
            Connection("out", "endpoint"), Connection("endpoint", "respond"),
        ];
        await SendAsync(client, "elsa/api/workflow-definitions/import", $$"""
            {"definitionId": "{{Workflow}}", "name": "Every kind of input",
             "variables": [{{Variable("Greeting", "String")}}, {{Variable("Computed", "Int32")}}],
             "inputs": [{"name": "Who", "type": "String", "displayName": "Who it is for", "uiHint": "singleline"}],
             "outputs": [{"name": "Other", "type": "Object", "displayName": "Other"}, {"name": "Answer", "type": "Object", "displayName": "Answer"}],
             "root": {"id": "root", "type": "Elsa.Flowchart", "version": 1, "activities": [{{string.Join(',', activities)}}], "connections": [{{string.Join(',', connections)}}]} }
            """);
    }

    static string Activity(string id, string type, int x, int y) =>
        $$"""{"id": "{{id}}", "type": "{{type}}", "version": 1, "metadata": {"designer": {"position": {"x": {{x}}, "y": {{y}} } } } }""";

    static string Connection(string from, string to) =>
        $$"""{"source": {"activity": "{{from}}", "port": "Done"}, "target": {"activity": "{{to}}", "port": "In"} }""";

    /// <summary>A variable that is kept while the run waits.</summary>
    static string Variable(string name, string type) =>
        $$"""{"id": "{{name}}", "name": "{{name}}", "typeName": "{{type}}", "storageDriverTypeName": "Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core"}""";

    static async Task SendAsync(HttpClient client, string path, string json)
    {
        using var response = await client.PostAsync(path, new StringContent(json, null, "application/json"));
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync());
    }
}

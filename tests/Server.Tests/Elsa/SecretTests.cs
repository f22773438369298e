using System.Text;
using System.Text.Json.Nodes;

namespace Platform.Server.Tests.Elsa;

public sealed class SecretTests(ElsaServer server) : IClassFixture<ElsaServer>
{
    private const string Value = "s3cr\"et-ü-0123456789";

    [Fact]
    public async Task A_secret_is_made_listed_changed_and_deleted_and_its_value_never_comes_back()
    {
        var made = await server.PostAsync("/secrets", Json("crud", Value, ("displayName", "Shop"), ("scope", "shop")));

        made.Status.ShouldBe(200, made.Text);
        (made.Node["name"]!.GetValue<string>(), made.Node["status"]!.GetValue<string>(), made.Node["currentVersion"]!.GetValue<int>()).ShouldBe(("crud", "Active", 1));
        (await server.PostAsync("/secrets/crud", """{"displayName":"Other","description":"what for"}""")).Node["description"]!.GetValue<string>().ShouldBe("what for");
        (await server.PostAsync("/secrets/crud/rotate", """{"value":"another-value"}""")).Node["currentVersion"]!.GetValue<int>().ShouldBe(2);
        (await server.PostAsync("/secrets/crud/test", null)).Node["succeeded"]!.GetValue<bool>().ShouldBeTrue();
        (await server.PostAsync("/secrets/crud/revoke", null)).Node["status"]!.GetValue<string>().ShouldBe("Revoked");
        (await server.PostAsync("/secrets/crud/test", null)).Node["error"]!.GetValue<string>().ShouldBe("The secret is Revoked.");
        var list = await server.GetAsync("/secrets?search=CRUD&pageSize=10");
        list.Node["totalCount"]!.GetValue<int>().ShouldBe(1);
        var picked = await server.PostAsync("/secrets/picker", """{"search":"crud","activeOnly":true}""");
        picked.Node["items"]!.AsArray().ShouldBeEmpty();
        foreach (var answer in new[] { made, list, await server.GetAsync("/secrets/crud") })
            answer.Text.ShouldNotContain("0123456789");
        (await server.DeleteAsync("/secrets/crud")).Status.ShouldBe(204);
        (await server.GetAsync("/secrets/crud")).Status.ShouldBe(404);
    }

    [Theory]
    [InlineData("""{"name":"bad name","value":"12345678"}""", "begins with a letter or digit")]
    [InlineData("""{"value":"12345678"}""", "A name has 1 to 128")]
    [InlineData("""{"name":"short","value":"abc"}""", "shorter than 4 characters")]
    [InlineData("""{"name":"empty"}""", "A value is missing")]
    [InlineData("""{"name":"typed","value":"12345678","typeName":"x509-certificate"}""", "of the type 'x509-certificate' are not kept here")]
    [InlineData("""{"name":"elsewhere","value":"12345678","storeName":"configuration"}""", "There is no store 'configuration'")]
    public async Task A_secret_that_cannot_be_kept_is_refused_with_the_reason(string body, string reason)
    {
        var answer = await server.PostAsync("/secrets", body);

        answer.Status.ShouldBe(400);
        answer.Text.ShouldContain(reason);
        answer.Text.ShouldContain("WF4560");
    }

    [Fact]
    public async Task A_name_is_taken_once_in_any_case()
    {
        (await server.PostAsync("/secrets", Json("taken", Value))).Status.ShouldBe(200);

        (await server.PostAsync("/secrets", Json("TAKEN", Value))).Text.ShouldContain("There is a secret 'TAKEN' already.");
    }

    [Theory]
    [InlineData("Secret", """{"name":"used","typeName":"text"}""")]
    [InlineData("Secret", "used")]
    [InlineData("JavaScript", "getSecret('used')")]
    public async Task A_workflow_gets_the_value_and_nobody_else_sees_it(string language, string expression)
    {
        await server.PostAsync("/secrets", Json("used", Value));
        var input = new JsonObject { ["typeName"] = "String", ["expression"] = new JsonObject { ["type"] = language, ["value"] = expression } };
        var definition = await server.ImportAsync(new JsonObject
        {
            ["name"] = "Uses a secret",
            ["variables"] = new JsonArray(new JsonObject { ["id"] = "v", ["name"] = "Length", ["typeName"] = "Int32", ["storageDriverTypeName"] = "WorkflowInstanceStorageDriver" }),
            ["root"] = new JsonObject
            {
                ["id"] = "root",
                ["type"] = "Elsa.Sequence",
                ["activities"] = new JsonArray(
                    new JsonObject { ["id"] = "name", ["type"] = "Elsa.SetName", ["value"] = Script("'length ' + getSecret('used').length") },
                    new JsonObject { ["id"] = "line", ["type"] = "Elsa.WriteLine", ["text"] = input },
                    new JsonObject { ["id"] = "wait", ["type"] = "Elsa.Event", ["eventName"] = input.DeepClone() },
                    new JsonObject { ["id"] = "boom", ["type"] = "Elsa.Fault", ["message"] = Script("'failed with ' + getSecret('used')") }),
            },
        }.ToJsonString());
        var id = await server.ExecuteAsync(definition["definitionId"]!.GetValue<string>());

        var waiting = await server.GetAsync($"/workflow-instances/{id}");
        waiting.Node["name"]!.GetValue<string>().ShouldBe($"length {Value.Length}");
        await server.PostAsync($"/events/{Uri.EscapeDataString(Value)}/trigger", $$"""{"workflowInstanceId":"{{id}}","workflowExecutionMode":"Synchronous"}""");

        var instance = await server.GetAsync($"/workflow-instances/{id}");
        instance.Node["subStatus"]!.GetValue<string>().ShouldBe("Faulted");
        instance.Text.ShouldContain("failed with ***");
        var journal = await server.PostAsync($"/workflow-instances/{id}/journal", """{"page":0,"pageSize":100}""");
        var records = await server.GetAsync($"/activity-executions/list?workflowInstanceId={id}&activityNodeId=Workflow1%3Aroot%3Aline");
        foreach (var answer in new[] { waiting, instance, journal, records, await server.GetAsync($"/activity-execution-summaries/list?workflowInstanceId={id}"), await server.GetAsync($"/workflow-instances/{id}/export") })
            Encoding.UTF8.GetString(answer.Bytes).ShouldNotContain("0123456789");
    }

    [Fact]
    public async Task A_secret_that_is_not_there_faults_with_its_name_and_what_to_do()
    {
        var definition = await server.ImportAsync(
            """
            {"name":"Lacks a secret","root":{"id":"root","type":"Elsa.WriteLine","text":{"typeName":"String","expression":{"type":"Secret","value":"nowhere"}}}}
            """);
        var id = await server.ExecuteAsync(definition["definitionId"]!.GetValue<string>());

        (await server.GetAsync($"/workflow-instances/{id}")).Text.ShouldContain("WF1126: There is no secret 'nowhere'. Create it under this name");
    }

    [Fact]
    public async Task A_new_key_encrypts_all_and_they_are_still_read()
    {
        await server.PostAsync("/secrets", Json("renewed", Value));

        var answer = await server.PostAsync("/secrets/rotate-key", null);

        answer.Node["count"]!.GetValue<int>().ShouldBeGreaterThan(0);
        answer.Node["unreadable"]!.AsArray().ShouldBeEmpty();
        (await server.PostAsync("/secrets/renewed/test", null)).Node["succeeded"]!.GetValue<bool>().ShouldBeTrue();
    }

    private static JsonObject Script(string text) =>
        new() { ["typeName"] = "String", ["expression"] = new JsonObject { ["type"] = "JavaScript", ["value"] = text } };

    private static string Json(string name, string value, params (string Name, string Value)[] more)
    {
        var json = new JsonObject { ["name"] = name, ["value"] = value };
        foreach (var (key, text) in more)
            json[key] = text;
        return json.ToJsonString();
    }
}

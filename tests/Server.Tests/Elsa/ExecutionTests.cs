using System.Text.Json.Nodes;
using Platform.Server.Tests.Http;

namespace Platform.Server.Tests.Elsa;

public sealed class ExecutionTests(ElsaServer server) : IClassFixture<ElsaServer>
{
    [Fact]
    public async Task The_answer_that_a_workflow_wrote_is_the_answer()
    {
        var respond = Flow.Respond("<p>done</p>", status: "Accepted")
            .With("contentType", Literal("text/html"))
            .With("responseHeaders", Wrapped("Object", """{"X-Made":"here","Content-Security-Policy":"default-src *"}"""));
        await PublishAsync("answers", Flow.Of(respond, Line("after")));
        var answer = await server.PostAsync("/workflow-definitions/answers/execute", "{}");
        answer.Status.ShouldBe(202);
        answer.Text.ShouldBe("<p>done</p>");
        answer.Headers["Content-Type"].ShouldBe("text/html");
        answer.Headers["X-Made"].ShouldBe("here");
        answer.Headers.ContainsKey("x-elsa-response").ShouldBeFalse();
        // It stands on the origin of the web UI: its scripts must run as nobody's.
        answer.Headers["Content-Security-Policy"].ShouldStartWith("sandbox ");
        var instance = await server.GetAsync("/workflow-instances/" + answer.Headers["x-elsa-workflow-instance-id"]);
        instance.Node["subStatus"]!.GetValue<string>().ShouldBe("Finished");
    }

    [Fact]
    public async Task Without_an_answer_it_is_the_state()
    {
        await PublishAsync("silent", Flow.Of(Line("only")));
        var answer = await server.GetAsync("/workflow-definitions/silent/execute");
        answer.Status.ShouldBe(200);
        answer.Headers["x-elsa-response"].ShouldBe("true");
        answer.Node["workflowState"]!["subStatus"]!.GetValue<string>().ShouldBe("Finished");
    }

    [Fact]
    public async Task An_endpoint_that_is_told_to_be_the_trigger_takes_this_request_and_no_body()
    {
        var endpoint = Flow.Endpoint("executed", """["POST"]""").Bind("parsedContent", "body").Bind("queryStringData", "query");
        await PublishAsync("triggered", Flow.Of(endpoint, Flow.RespondWith("query")).Variables("body", "query"));
        var answer = await server.PostAsync("/workflow-definitions/triggered/execute?q=1", """{"triggerActivityId":"endpoint"}""");
        answer.Status.ShouldBe(200, answer.Text);
        answer.Node["q"]!.GetValue<string>().ShouldBe("1");
    }

    private async Task PublishAsync(string id, string document)
    {
        var parsed = JsonNode.Parse(document)!;
        parsed["definitionId"] = id;
        parsed["name"] = id;
        await server.ImportAsync(parsed.ToJsonString(), publish: true);
    }

    private static JsonObject Line(string text) => Flow.Step(text, "Elsa.WriteLine", ("text", "Literal", text));

    private static JsonObject Literal(string value) => Wrapped("Literal", value);

    private static JsonObject Wrapped(string type, string value) => new()
    {
        ["typeName"] = "Any",
        ["expression"] = new JsonObject { ["type"] = type, ["value"] = value },
    };
}

using System.Text.Json.Nodes;
using Platform.Server.Tests.Http;

namespace Platform.Server.Tests.Elsa;

public sealed class IdempotencyTests(ElsaServer server) : IClassFixture<ElsaServer>
{
    [Theory]
    [InlineData("execute")]
    [InlineData("dispatch")]
    public async Task A_repeated_request_answers_with_the_same_instance(string route)
    {
        await PublishAsync("repeat-" + route);
        var path = $"/workflow-definitions/repeat-{route}/{route}";
        var first = await SendAsync(path, """{"input":{"a":1}}""", "key-1");
        var again = await SendAsync(path, """{"input":{"a":1}}""", "key-1");
        first.Status.ShouldBe(200, first.Text);
        again.Status.ShouldBe(200, again.Text);
        InstanceOf(again).ShouldBe(InstanceOf(first));

        var other = await SendAsync(path, """{"input":{"a":1}}""", "key-2");
        InstanceOf(other).ShouldNotBe(InstanceOf(first));

        var changed = await SendAsync(path, """{"input":{"a":2}}""", "key-1");
        changed.Status.ShouldBe(422, changed.Text);
        changed.Node["code"]!.GetValue<string>().ShouldBe("WF4521");
    }

    [Fact]
    public async Task A_key_that_cannot_be_used_is_told()
    {
        await PublishAsync("strict");
        (await SendAsync("/workflow-definitions/strict/execute", "{}", "has space")).ShouldBeInvalid("WF4520", "visible ASCII");
        (await SendAsync("/workflow-definitions/strict/dispatch", "{}", new string('k', 256))).ShouldBeInvalid("WF4520", "255");
        (await SendAsync("/workflow-definitions/strict/dispatch", """{"instanceId":"mine"}""", "k")).ShouldBeInvalid("WF4520", "not both");
        (await SendAsync("/workflow-definitions/strict/bulk-dispatch", """{"count":2}""", "k")).ShouldBeInvalid("WF4520", "one by one");
    }

    private static string InstanceOf(Answer answer) => answer.Headers.TryGetValue("x-elsa-workflow-instance-id", out var id)
        ? id
        : answer.Node["workflowInstanceId"]!.GetValue<string>();

    private Task<Answer> SendAsync(string path, string body, string key)
    {
        var content = ElsaServer.Json(body);
        content.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return server.SendAsync(HttpMethod.Post, path, content);
    }

    private async Task PublishAsync(string id)
    {
        var parsed = JsonNode.Parse(Flow.Of(Flow.Step("line", "Elsa.WriteLine", ("text", "Literal", "ran"))))!;
        parsed["definitionId"] = id;
        parsed["name"] = id;
        await server.ImportAsync(parsed.ToJsonString(), publish: true);
    }
}

using System.Text.Json.Nodes;
using Platform.Runtime.Activities;
using Platform.Runtime.Execution;
using Platform.Runtime.Store;
using Platform.Server.Tests.Http;

namespace Platform.Server.Tests.Orchestration;

/// <summary>A policy whose fallback is a workflow.</summary>
public sealed class StandInTests
{
    private const string Path = "/items/5?full=true";

    [Fact]
    public async Task A_workflow_answers_in_place_of_a_service_that_failed()
    {
        using var shop = await TestService.StartAsync(Failing);
        await using var server = Start(shop);
        await PublishCallerAsync(server);
        await server.PublishAsync("spare", Returning("""({ path: getInput('Path'), method: getInput('Method'), status: getInput('StatusCode'), error: getInput('Error'), sent: getInput('Body').amount })"""));

        var answer = await server.Client.GetStringAsync("/workflows/go");

        JsonNode.DeepEquals(JsonNode.Parse(answer), JsonNode.Parse(
            $$"""{"path": "{{Path}}", "method": "POST", "status": 503, "error": "The service 'shop' answered with status 503.", "sent": 7}""")).ShouldBeTrue(answer);
        var run = await server.OnlyInstanceAsync("go");
        var child = await server.OnlyInstanceAsync("spare");
        child.ParentInstanceId.ShouldBe(run.Id);
        (await server.LogAsync("go")).ShouldContain("the workflow 'spare' answers instead");
    }

    [Theory]
    [InlineData(null, "The workflow 'spare' is not published.")]
    [InlineData("throw new Error('no')", "did not end well")]
    public async Task Without_its_answer_the_fixed_value_is_given(string? script, string told)
    {
        using var shop = await TestService.StartAsync(Failing);
        await using var server = Start(shop, ("Services:shop:Policy:Fallback:Value", """{"from":"policy"}"""));
        await PublishCallerAsync(server);
        if (script is not null)
            await server.PublishAsync("spare", Returning(script));

        (await server.Client.GetStringAsync("/workflows/go")).ShouldBe("""{"from":"policy"}""");

        (await server.LogAsync("go")).ShouldContain(told);
    }

    [Fact]
    public async Task A_workflow_that_calls_the_same_service_does_not_stand_in_for_itself_for_ever()
    {
        using var shop = await TestService.StartAsync(Failing);
        await using var server = Start(shop);
        await PublishCallerAsync(server);
        await server.PublishAsync("spare", Flow.Of(
            Flow.Step("call", "Platform.CallService", ("service", "Literal", "shop")), Flow.Step("stop", "Elsa.RunJavaScript", ("script", "Literal", "throw new Error('no')"))));

        var answer = await server.Client.GetAsync("/workflows/go");

        (await answer.Content.ReadAsStringAsync()).ShouldBe("");
        (await server.Store.ListInstancesAsync(new InstanceFilter { DefinitionIds = ["spare"] }, CancellationToken.None)).TotalCount.ShouldBe(1);
        (await server.LogAsync("spare")).ShouldContain("This run stands in for a failed call itself.");
    }

    [Fact]
    public async Task A_workflow_that_waits_is_waited_for()
    {
        using var shop = await TestService.StartAsync(Failing);
        await using var server = Start(shop);
        await server.PublishAsync("say", Flow.Of(Call(), Flow.Step("tell", "Elsa.WriteLine", ("text", "JavaScript", "`got ${getVariable('answer')}`"))).Variables("answer"));
        await server.PublishAsync("spare", Flow.Of(
            Flow.Step("e", "Elsa.Event", ("eventName", "Literal", "go")), Flow.Step("make", "Elsa.SetOutput", ("outputName", "Literal", "Result"), ("outputValue", "Literal", "later"))));
        var run = await server.Runtime.StartAsync(new StartRequest { DefinitionId = "say" }, CancellationToken.None);
        var waiting = run.ShouldBeOfType<StartResult.Started>();
        waiting.Instance.SubStatus.ShouldBe("Suspended");

        await server.Runtime.DeliverAsync(EventStimulus.For("go", null), CancellationToken.None);

        await server.UntilAsync(waiting.Instance.Id, instance => instance.Status == "Finished");
        (await server.LogAsync("say")).ShouldContain("got later");
    }

    private static Task Failing(Microsoft.AspNetCore.Http.HttpContext context)
    {
        context.Response.StatusCode = 503;
        return Task.CompletedTask;
    }

    private static HttpTestServer Start(TestService shop, params (string Key, string Value)[] settings) => HttpTestServer.Start([
        ("Services:shop:BaseAddress", shop.Address.AbsoluteUri), ("Services:shop:Policy:Retry:MaxAttempts", "1"), ("Services:shop:Policy:Fallback:Workflow", "spare"), .. settings]);

    private static Task PublishCallerAsync(HttpTestServer server) => server.PublishAsync("go", Flow.Of(
        Flow.Endpoint("go"), Call(), Flow.RespondWith("answer")).Variables("answer"));

    private static JsonObject Call() =>
        Flow.Step("call", "Platform.CallService", ("service", "Literal", "shop"), ("method", "Literal", "POST"), ("path", "Literal", Path), ("body", "Literal", """{"amount": 7}""")).Bind("result", "answer");

    private static string Returning(string script) => Flow.Of(
        Flow.Step("make", "Elsa.SetOutput", ("outputName", "Literal", "Result"), ("outputValue", "JavaScript", script)));
}

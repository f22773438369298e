using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Platform.Server.Tests.Http;

namespace Platform.Server.Tests.Notifications;

public sealed class NotifyTests
{
    [Fact]
    public async Task A_webhook_gets_all_of_it_and_slack_a_text()
    {
        var bodies = new List<JsonNode>();
        using var hook = await TestService.StartAsync(async context =>
        {
            bodies.Add((await JsonNode.ParseAsync(context.Request.Body))!);
            context.Request.Headers["Idempotency-Key"].Count.ShouldBe(1);
        });
        await using var server = HttpTestServer.Start(("Http:AllowLoopback", "true"));

        (await TellAsync(server, "Webhook", hook.Address.AbsoluteUri, ("data", "Object", """{"disk": 91}"""))).ShouldBe("Done");
        (await TellAsync(server, "Slack", hook.Address.AbsoluteUri)).ShouldBe("Done");

        bodies[0]["title"]!.GetValue<string>().ShouldBe("Disk");
        bodies[0]["severity"]!.GetValue<string>().ShouldBe("Warning");
        bodies[0]["data"]!["disk"]!.GetValue<int>().ShouldBe(91);
        bodies[0]["instanceId"]!.GetValue<string>().ShouldNotBeEmpty();
        bodies[1].ToJsonString().ShouldBe("""{"text":"[Warning] *Disk*\nIt fills up."}""");
    }

    [Fact]
    public async Task What_cannot_be_told_fails_and_does_not_fault()
    {
        using var hook = await TestService.StartAsync(context =>
        {
            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        });
        await using var server = HttpTestServer.Start(("Http:AllowLoopback", "true"));

        (await TellAsync(server, "Webhook", hook.Address.AbsoluteUri)).ShouldBe("Failed");
        hook.Requests.ShouldBe(1);
    }

    [Fact]
    public async Task The_console_gets_a_line()
    {
        var console = new StringWriter();
        await using var server = HttpTestServer.Start(services => services.AddSingleton<TextWriter>(console));

        (await TellAsync(server, "Console", "")).ShouldBe("Done");

        console.ToString().ShouldContain("[Warning] Disk: It fills up.");
    }

    [Theory]
    [InlineData("Pigeon", "", "WF4810: The channel 'Pigeon' is not known.")]
    [InlineData("Webhook", "nowhere", "WF4810: The target of the notification is no address.")]
    [InlineData("Webhook", "http://127.0.0.1:9", "WF4101")]
    [InlineData("Email", "ann@example.com", "WF4201")]
    public async Task Inputs_that_cannot_be_used_fault(string channel, string target, string expected)
    {
        await using var server = HttpTestServer.Start();

        await TellAsync(server, channel, target);

        (await server.LogAsync("tell")).ShouldContain(expected);
    }

    private static async Task<string> TellAsync(HttpTestServer server, string channel, string target, params (string Name, string Expression, JsonNode? Value)[] more)
    {
        await server.PublishAsync("tell", Flow.Chart(
            [
                Flow.Endpoint("tell"),
                Flow.Step("notify", "Platform.Notify", [
                    ("channel", "Literal", channel), ("target", "Literal", target), ("title", "Literal", "Disk"), ("message", "Literal", "It fills up."),
                    ("severity", "Literal", "Warning"), .. more]),
                Flow.Respond("Done", "done"),
                Flow.Respond("Failed", "failed"),
            ],
            "endpoint -> notify", "notify:Done -> done", "notify:Failed -> failed"));
        return await (await server.Client.GetAsync("/workflows/tell")).Content.ReadAsStringAsync();
    }
}

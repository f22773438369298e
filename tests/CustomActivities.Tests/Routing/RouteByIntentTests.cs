using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Platform.CustomActivities.Tests.Services;

namespace Platform.CustomActivities.Tests.Routing;

public sealed class RouteByIntentTests
{
    [Theory]
    [InlineData("I want my MONEY BACK for the order", "refund", "rule 1 fits")]
    [InlineData("Where is parcel AB-123?", "delivery", "rule 2 fits")]
    [InlineData("My order arrived broken, broken indeed", "complaint", "it scores 3, by order, broken.")]
    [InlineData("An order, please", "Unmatched", "")]
    [InlineData("", "Unmatched", "")]
    public async Task Rules_decide_first_and_then_the_highest_score(string text, string outcome, string reason)
    {
        var run = await RunAsync(text, """[{"intent": "refund", "when": "money back"}, {"intent": "delivery", "when": "/parcel [a-z]{2}-\\d+/"}]""");

        run.Record.Outcomes.ShouldBe([outcome]);
        run.Record.OutputValues!.Value.GetProperty("Reason").GetString()!.ShouldContain(reason);
    }

    [Theory]
    [InlineData("""[{"intent": "refund"}]""", "Rule 1 cannot be read.")]
    [InlineData("""{"intent": "refund"}""", "The rules are no list.")]
    [InlineData("""[{"intent": "refund", "when": "/(/"}]""", "The regular expression of rule 1 cannot be read")]
    public async Task Rules_that_cannot_be_read_are_told(string rules, string expected) =>
        (await RunAsync("text", rules)).Workflow.Incidents.ShouldHaveSingleItem().Message.ShouldContain(expected);

    [Theory]
    [InlineData(200, "Delivery.", "delivery", null)]
    [InlineData(200, "launch the rockets", "refund", "said 'launch the rockets', which is none of the intents. The rules decide.")]
    [InlineData(200, "none", "refund", "The rules decide.")]
    [InlineData(200, null, "refund", "has no choice in it. The rules decide.")]
    [InlineData(401, "delivery", "refund", "answered with status 401. The rules decide.")]
    public async Task A_model_is_asked_first_and_the_rules_decide_when_it_says_none_of_the_intents(int status, string? said, string outcome, string? note)
    {
        await using var service = await TestService.StartAsync(async (context, _) =>
        {
            context.Response.StatusCode = status;
            await context.Response.WriteAsJsonAsync(new { choices = said is null ? Array.Empty<object>() : [new { message = new { role = "assistant", content = said } }] });
        });

        var run = await ServiceHarness.Create(TimeProvider.System, ("Services:llm:BaseAddress", service.Address)).RunAsync("Platform.RouteByIntent", new()
        {
            ["text"] = "My money back, please",
            ["intents"] = new JsonArray("refund", "delivery"),
            ["rules"] = new JsonArray(new JsonObject { ["intent"] = "refund", ["when"] = "money back" }),
            ["modelService"] = "llm",
            ["model"] = "small",
            ["modelKey"] = "k-1",
        });

        run.Record.Outcomes.ShouldBe([outcome]);
        var asked = service.Requests.ShouldHaveSingleItem();
        (asked.Method, asked.Path, asked.Headers["Authorization"]).ShouldBe(("POST", "/v1/chat/completions", "Bearer k-1"));
        var body = JsonNode.Parse(asked.Body)!;
        body["model"]!.GetValue<string>().ShouldBe("small");
        body["messages"]![0]!["content"]!.GetValue<string>().ShouldEndWith("The intents are:\nrefund\ndelivery");
        body["messages"]![1]!["content"]!.GetValue<string>().ShouldBe("My money back, please");
        var unsure = run.History.Journal.SingleOrDefault(entry => entry.EventName == "ModelUnsure")?.Message;
        if (note is null)
            unsure.ShouldBeNull();
        else
            unsure.ShouldNotBeNull().ShouldEndWith(note);
    }

    private static Task<RunResult> RunAsync(string text, string rules) => ServiceHarness.Create(TimeProvider.System).RunAsync("Platform.RouteByIntent", new()
    {
        ["text"] = text,
        ["intents"] = new JsonArray("refund", "delivery", "complaint"),
        ["rules"] = JsonNode.Parse(rules),
        ["words"] = new JsonObject { ["complaint"] = new JsonObject { ["order"] = 1, ["broken"] = 2 }, ["delivery"] = new JsonObject { ["order"] = 1 } },
        ["lowestScore"] = 2,
    });
}

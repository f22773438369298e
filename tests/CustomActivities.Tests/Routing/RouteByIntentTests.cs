using System.Text.Json.Nodes;
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

    private static Task<RunResult> RunAsync(string text, string rules) => ServiceHarness.Create(TimeProvider.System).RunAsync("Platform.RouteByIntent", new()
    {
        ["text"] = text,
        ["intents"] = new JsonArray("refund", "delivery", "complaint"),
        ["rules"] = JsonNode.Parse(rules),
        ["words"] = new JsonObject { ["complaint"] = new JsonObject { ["order"] = 1, ["broken"] = 2 }, ["delivery"] = new JsonObject { ["order"] = 1 } },
        ["lowestScore"] = 2,
    });
}

using System.Text.Json.Nodes;

namespace Platform.CustomActivities.Tests.Services;

public sealed class CallOperationTests
{
    [Fact]
    public async Task An_operation_puts_its_parameters_where_they_belong()
    {
        await using var service = await TestService.AnsweringAsync(200);

        var run = await Harness(service.Address).RunAsync("Platform.CallOperation", new()
        {
            ["operation"] = "shop/getItem",
            ["parameters"] = new JsonObject { ["id"] = "a/b", ["tags"] = new JsonArray("x", "y"), ["X-Trace"] = "t" },
        });

        run.Record.Outcomes.ShouldBe(["Done"]);
        var request = service.Requests.ShouldHaveSingleItem();
        (request.Method, request.Path).ShouldBe(("GET", "/items/a%2Fb?tags=x&tags=y"));
        request.Headers["X-Trace"].ShouldBe("t");
    }

    [Theory]
    [InlineData("shop/getItem", "{}", "The operation 'shop/getItem' needs the parameter 'id'.")]
    [InlineData("shop/getItem", """{"id": 1, "limmit": 2}""", "has no parameter 'limmit'. Did you mean 'limit'?")]
    [InlineData("shop/getItem", """{"id": 1, "limit": "many"}""", "takes values of the type Integer, and 'many' is none")]
    [InlineData("shop/getItems", "{}", "The service 'shop' has no operation 'getItems'. Did you mean 'getItem'?")]
    [InlineData("shop", "{}", "'shop' names no operation.")]
    [InlineData("shop/create", "{}", "The operation 'shop/create' needs a body.")]
    public async Task A_wrong_call_is_not_sent_and_says_what_is_wrong(string operation, string parameters, string expected)
    {
        await using var service = await TestService.AnsweringAsync(200);

        var run = await Harness(service.Address).RunAsync(
            "Platform.CallOperation", new() { ["operation"] = operation, ["parameters"] = JsonNode.Parse(parameters) });

        run.Workflow.Incidents.ShouldHaveSingleItem().Message.ShouldContain(expected);
        service.Requests.ShouldBeEmpty();
    }

    private static ActivityHarness Harness(string address) => ServiceHarness.Create(
        TimeProvider.System,
        ("Services:shop:BaseAddress", address),
        ("Services:shop:Operations:getItem:Path", "/items/{id}"),
        ("Services:shop:Operations:getItem:Parameters:id:In", "Path"),
        ("Services:shop:Operations:getItem:Parameters:tags:Type", "Array"),
        ("Services:shop:Operations:getItem:Parameters:limit:Type", "Integer"),
        ("Services:shop:Operations:getItem:Parameters:X-Trace:In", "Header"),
        ("Services:shop:Operations:create:Path", "/items"),
        ("Services:shop:Operations:create:Method", "POST"),
        ("Services:shop:Operations:create:Body", "Required"));
}

using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Platform.Server.Tests.Http;

namespace Platform.Server.Tests.Api;

public sealed class OperationApiTests
{
    private const string Document = """
        openapi: 3.1.0
        paths:
          /items/{id}:
            parameters:
              - $ref: '#/components/parameters/Id'
            get:
              operationId: getItem
              summary: Reads an item.
              parameters:
                - {name: limit, in: query, schema: {type: integer}}
                - {name: session, in: cookie, schema: {type: string}}
            put:
              requestBody: {required: true}
        components:
          parameters:
            Id: {name: id, in: path, required: true, schema: {type: string}}
        """;

    [Fact]
    public async Task An_openapi_document_gives_a_service_operations_that_workflows_call()
    {
        using var shop = await TestService.StartAsync(context => context.Response.WriteAsync("\"" + context.Request.Path + context.Request.QueryString + "\""));
        await using var server = HttpTestServer.Start(
            ("Services:shop:BaseAddress", shop.Address.AbsoluteUri), ("Services:shop:PolicyName", "quick"), ("Policies:quick:Retry:MaxAttempts", "1"));
        using var client = server.Authorized();

        var imported = await client.PostAsync("/api/services/shop/operations", new StringContent(Document, null, "application/yaml"));
        var list = await imported.JsonAsync();

        imported.StatusCode.ShouldBe(HttpStatusCode.OK, list.ToJsonString());
        list["items"]!.AsArray().Select(item => $"{item!["operation"]} {item["method"]} {item["path"]} {item["body"]} {string.Join(',', item["parameters"]!.AsObject().Select(parameter => parameter.Key))}")
            .ShouldBe(["shop/getItem GET /items/{id} None id,limit", "shop/put_items__id PUT /items/{id} Required id"]);
        var service = await (await client.GetAsync("/api/services/shop")).JsonAsync();
        (service["source"]!.GetValue<string>(), service["policyName"]!.GetValue<string>()).ShouldBe(("store", "quick"));
        await server.PublishAsync("read", Flow.Of(
            Flow.Endpoint("read"),
            Flow.Step("call", "Platform.CallOperation", ("operation", "Literal", "shop/getItem"), ("parameters", "Object", """{"id": "7", "limit": 5}""")).Bind("result", "answer"),
            Flow.RespondWith("answer")).Variables("answer"));
        (await server.Client.GetStringAsync("/workflows/read")).ShouldBe("\"/items/7?limit=5\"");
    }

    [Theory]
    [InlineData("{}", "neither a member 'openapi' nor 'swagger'")]
    [InlineData("[a", "neither JSON nor YAML")]
    [InlineData("""{"openapi": "3.0.0"}""", "has no 'paths'")]
    [InlineData("""{"openapi": "3.0.0", "paths": {}}""", "describes no operations")]
    [InlineData("""{"openapi": "3.0.0", "paths": {"/a": {"get": {"parameters": [{"$ref": "other.json#/x"}]}}}}""", "refers to 'other.json#/x'")]
    public async Task A_document_that_cannot_be_used_changes_nothing(string document, string expected)
    {
        await using var server = HttpTestServer.Start(("Services:shop:BaseAddress", "http://shop"));
        using var client = server.Authorized();

        var answer = await client.PostAsync("/api/services/shop/operations", new StringContent(document));

        (await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "WF4806"))["detail"]!.GetValue<string>().ShouldContain(expected);
        (await (await client.GetAsync("/api/services/shop")).JsonAsync())["source"]!.GetValue<string>().ShouldBe("configuration");
    }

    [Fact]
    public async Task A_range_of_ports_is_searched_for_services()
    {
        using var shop = await TestService.StartAsync(context => context.Response.WriteAsJsonAsync(new { status = "healthy" }));
        await using var server = HttpTestServer.Start(("Services:shop:BaseAddress", shop.Address.AbsoluteUri));
        using var client = server.Authorized();
        var port = shop.Address.Port;

        var found = await (await client.PostAsJsonAsync("/api/services/discover", new { from = port, to = port, host = "127.0.0.1" })).JsonAsync();

        var item = found["items"]!.AsArray().ShouldHaveSingleItem()!;
        (item["port"]!.GetValue<int>(), item["status"]!.GetValue<string>(), item["registeredAs"]!.GetValue<string>()).ShouldBe((port, "Healthy", "shop"));
        await (await client.PostAsJsonAsync("/api/services/discover", new { from = 1, to = 500 })).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "WF4807");
    }

    [Fact]
    public async Task An_instance_tells_how_far_it_is()
    {
        await using var server = HttpTestServer.Start();
        using var client = server.Authorized();
        await server.PublishAsync("work", Flow.Of(
            Flow.Endpoint("work"),
            Flow.Step("first", "Platform.ReportProgress", ("done", "Literal", "3"), ("total", "Literal", "12"), ("message", "Literal", "Reading pages.")),
            Flow.Step("wait", "Elsa.Delay", ("timeSpan", "Literal", "01:00:00"))));
        await server.PublishAsync("silent", Flow.Of(Flow.Endpoint("silent")));
        await server.PublishAsync("wrong", Flow.Of(Flow.Endpoint("wrong"), Flow.Step("report", "Platform.ReportProgress", ("done", "Literal", "3"), ("total", "Literal", "2"))));
        foreach (var path in new[] { "work", "silent", "wrong" })
            await server.Client.GetAsync("/workflows/" + path);

        var id = (await server.OnlyInstanceAsync("work")).Id;
        var progress = await (await client.GetAsync($"/api/instances/{id}/progress")).JsonAsync();
        (progress["done"]!.GetValue<int>(), progress["total"]!.GetValue<int>(), progress["percent"]!.GetValue<double>()).ShouldBe((3, 12, 25.0));
        progress["sentence"]!.GetValue<string>().ShouldBe("3 of 12 items are done (25 %). Reading pages.");
        var explained = await (await client.GetAsync($"/api/instances/{id}/explain")).JsonAsync();
        explained["progress"]!["message"]!.GetValue<string>().ShouldBe("Reading pages.");
        await (await client.GetAsync($"/api/instances/{(await server.OnlyInstanceAsync("silent")).Id}/progress")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "WF4811");
        (await server.LogAsync("wrong")).ShouldContain("3 items of 2 cannot be done");
    }
}

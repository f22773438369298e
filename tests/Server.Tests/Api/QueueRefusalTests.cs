using System.Net;
using Platform.Server.Tests.Elsa;

namespace Platform.Server.Tests.Api;

public sealed class QueueRefusalTests(ElsaServer server) : IClassFixture<ElsaServer>
{
    [Theory]
    [InlineData("""{"priority":101}""", "WF4620", "priority")]
    [InlineData("""{"delay":"soon"}""", "WF4620", "delay")]
    [InlineData("""{"delay":"-00:00:01"}""", "WF4620", "delay")]
    [InlineData("""{"delay":"00:00:01","dueAt":"2030-01-01T00:00:00Z"}""", "WF4620", "not both")]
    [InlineData("""{"dueAt":"2999-01-01T00:00:00Z"}""", "WF4620", "dueAt")]
    [InlineData("""{"concurrencyKey":""}""", "WF4620", "concurrencyKey")]
    [InlineData("""{"idempotencyKey":"has space"}""", "WF4620", "idempotency key")]
    [InlineData("""{"versionOptions":"newest"}""", "WF4620", "versionOptions")]
    [InlineData("""{"colour":"blue"}""", "WF4500", "colour")]
    public async Task A_run_that_cannot_be_queued_is_told_why(string body, string code, string text)
    {
        using var answer = await server.Client.PostAsync(new Uri("/api/definitions/plain/runs", UriKind.Relative), ElsaServer.Json(body));

        (await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, code))["detail"]!.GetValue<string>().ShouldContain(text);
    }

    [Theory]
    [InlineData("/api/queue/items?take=1001")]
    [InlineData("/api/queue/items?skip=-1")]
    [InlineData("/api/queue/items?due=soon")]
    public async Task A_list_that_cannot_be_read_is_refused(string path) =>
        await (await server.Client.GetAsync(new Uri(path, UriKind.Relative))).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "WF4500");

    [Theory]
    [InlineData("plain", "{}", HttpStatusCode.BadRequest, "WF4626")]
    [InlineData("plain", """{"maxConcurrent":0}""", HttpStatusCode.BadRequest, "WF4626")]
    [InlineData("plain", """{"maxConcurrentPerKey":-1}""", HttpStatusCode.BadRequest, "WF4626")]
    [InlineData("plain", """{"rate":{"count":0,"per":"00:01:00"}}""", HttpStatusCode.BadRequest, "WF4626")]
    [InlineData("plain", """{"rate":{"count":1,"per":"2.00:00:00"}}""", HttpStatusCode.BadRequest, "WF4626")]
    [InlineData("plain", """{"rate":{"count":1,"per":"a minute"}}""", HttpStatusCode.BadRequest, "WF4626")]
    [InlineData("nobody", """{"maxConcurrent":1}""", HttpStatusCode.NotFound, "WF4628")]
    public async Task Limits_that_cannot_be_used_are_refused(string definitionId, string body, HttpStatusCode status, string code)
    {
        await server.ImportAsync(Documents.Order("plain", "plain-v1", "Plain", "False"));
        using var answer = await server.Client.PutAsync(new Uri($"/api/definitions/{definitionId}/limits", UriKind.Relative), ElsaServer.Json(body));

        await answer.ShouldBeProblemAsync(status, code);
    }
}

using Platform.Server.Tests.Elsa;

namespace Platform.Server.Tests.Api;

public sealed class RetentionTests(ElsaServer server) : IClassFixture<ElsaServer>
{
    [Fact]
    public async Task A_retention_is_set_shown_and_taken_back()
    {
        await server.ImportAsync(Documents.Order("kept", "kept-v1", "Kept", "False"));

        var set = await SendAsync(HttpMethod.Put, "/api/retention/kept", """{"finished":"3.00:00:00","max":10}""");

        set.Status.ShouldBe(200, set.Body);
        set.Body.ShouldContain("\"finished\":\"3.00:00:00\"");
        var list = await SendAsync(HttpMethod.Get, "/api/retention");
        list.Body.ShouldContain("\"definitionId\":\"kept\"");
        list.Body.ShouldContain("\"defaults\":{\"finished\":\"7.00:00:00\",\"faulted\":\"30.00:00:00\"");
        (await SendAsync(HttpMethod.Delete, "/api/retention/kept")).Status.ShouldBe(204);
        var again = await SendAsync(HttpMethod.Delete, "/api/retention/kept");
        again.Status.ShouldBe(404);
        again.Body.ShouldContain("WF4582");
    }

    [Theory]
    [InlineData("none", "{}", 404, "WF4580")]
    [InlineData("wrong", """{"finished":"soon"}""", 400, "WF4581")]
    [InlineData("wrong", """{"keep":"long"}""", 400, "WF4581")]
    [InlineData("wrong", """{"max":-1}""", 400, "WF4581")]
    [InlineData("wrong", """{"colour":"blue"}""", 400, "WF4500")]
    public async Task A_retention_that_cannot_be_used_is_refused(string definition, string body, int status, string code)
    {
        await server.ImportAsync(Documents.Order("wrong", "wrong-v1", "Wrong", "False"));

        var answer = await SendAsync(HttpMethod.Put, $"/api/retention/{definition}", body);

        answer.Status.ShouldBe(status, answer.Body);
        answer.Body.ShouldContain(code);
    }

    [Fact]
    public async Task The_storage_tells_its_size_and_what_each_workflow_takes()
    {
        await server.ImportAsync(Documents.Order("sized", "sized-v1", "Sized", "False"));
        await server.ExecuteAsync("sized");

        (await SendAsync(HttpMethod.Get, "/api/storage")).Body.ShouldContain("\"databaseBytes\":");
        var workflows = await SendAsync(HttpMethod.Get, "/api/storage/workflows");
        workflows.Body.ShouldContain("\"definitionId\":\"sized\",\"estimatedBytes\":");
        (await SendAsync(HttpMethod.Get, "/api/storage/workflows?take=1001")).Status.ShouldBe(400);
    }

    private async Task<(int Status, string Body)> SendAsync(HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : ElsaServer.Json(body) };
        using var response = await server.Client.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}

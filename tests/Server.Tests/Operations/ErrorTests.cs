using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Platform.Runtime.Definitions;
using Platform.Server.Tests.Http;
using Platform.Storage;

namespace Platform.Server.Tests.Operations;

public sealed class ErrorTests : IDisposable
{
    private readonly TestServer _server = TestServer.WithCredentials(services => services.AddSingleton<IStartupFilter>(new Probes()));

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task A_bug_tells_the_client_an_id_and_the_log_the_rest()
    {
        var problem = await (await GetAsync("/api/probe/bug")).ShouldBeProblemAsync(HttpStatusCode.InternalServerError, "WF4550");

        problem.ToJsonString().ShouldNotContain("secret inside");
        problem.ToJsonString().ShouldNotContain("   at ");
        var errorId = problem["errorId"]!.GetValue<string>();
        errorId.ShouldNotBeEmpty();
        _server.Logged.ToString().ShouldContain($"[4001] The request GET /api/probe/bug failed; error id {errorId}. System.InvalidOperationException: secret inside");
    }

    [Fact]
    public async Task A_failing_store_is_no_bug() =>
        await (await GetAsync("/api/probe/store")).ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "WF4551");

    [Theory]
    [InlineData("{\"size\":1,\n \"name\": }", "in line 2 at position 10, at $.name")]
    [InlineData("{\"size\":\"x\"}", "at $.size")]
    public async Task Unreadable_JSON_is_told_where_it_is_wrong(string body, string expected)
    {
        var problem = await (await PostAsync("/api/probe/body", body)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "WF4500");

        problem["detail"]!.GetValue<string>().ShouldContain(expected);
    }

    [Theory]
    [InlineData(400, "WF4500")]
    [InlineData(404, "WF4504")]
    [InlineData(409, "WF4510")]
    [InlineData(500, "WF4550")]
    public async Task A_bare_error_status_gets_a_body(int status, string code) =>
        await (await GetAsync($"/api/probe/status/{status}")).ShouldBeProblemAsync((HttpStatusCode)status, code);

    [Fact]
    public async Task What_a_workflow_answers_is_left_alone()
    {
        await PublishAsync("bare", Flow.Respond(null, status: "Conflict"));

        var answer = await _server.Anonymous().GetAsync("/workflows/bare");

        answer.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await answer.Content.ReadAsStringAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_frameworks_own_problems_have_a_code() =>
        await (await GetAsync("/api/probe/problem")).ShouldBeProblemAsync(HttpStatusCode.Conflict, "WF4510");

    [Fact]
    public async Task Elsas_clients_find_the_text_where_they_look_for_it()
    {
        var problem = await (await GetAsync("/elsa/api/nothing")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "WF4504");

        problem["statusCode"]!.GetValue<int>().ShouldBe(404);
        problem["errors"]!["generalErrors"]![0]!.GetValue<string>().ShouldBe("There is nothing at this address.");
    }

    [Theory]
    [InlineData("/api/session")]
    [InlineData("/elsa/api/nothing")]
    [InlineData("/health/live")]
    public async Task Answers_of_the_API_are_good_for_nothing_else(string path)
    {
        var headers = (await GetAsync(path)).Headers;

        headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        headers.GetValues("Content-Security-Policy").ShouldBe(["default-src 'none'; frame-ancestors 'none'"]);
        headers.GetValues("X-Frame-Options").ShouldBe(["DENY"]);
        headers.GetValues("Referrer-Policy").ShouldBe(["no-referrer"]);
        headers.CacheControl!.NoStore.ShouldBeTrue();
        headers.Contains("Server").ShouldBeFalse();
    }

    [Fact]
    public async Task A_page_of_a_workflow_runs_in_a_sandbox_unless_the_workflow_says_otherwise()
    {
        await PublishAsync("page", Flow.Step("respond", "Elsa.WriteHttpResponse", ("content", "Literal", "<script>1</script>"), ("contentType", "Literal", "text/html")));
        await PublishAsync("own", Flow.Step("respond", "Elsa.WriteHttpResponse", ("responseHeaders", "Object", """{"Content-Security-Policy":["default-src 'self'"]}""")));

        (await _server.Anonymous().GetAsync("/workflows/page")).Headers.GetValues("Content-Security-Policy").Single().ShouldStartWith("sandbox ");
        (await _server.Anonymous().GetAsync("/workflows/own")).Headers.GetValues("Content-Security-Policy").ShouldBe(["default-src 'self'"]);
    }

    private async Task PublishAsync(string path, JsonObject respond) =>
        await _server.Services.GetRequiredService<WorkflowDefinitions>().SaveAsync(
            new DefinitionDraft(Flow.Of(Flow.Endpoint(path), respond)) { DefinitionId = path, Name = path }, publish: true, CancellationToken.None);

    private Task<HttpResponseMessage> GetAsync(string path) => _server.WithApiKey().GetAsync(path);

    private Task<HttpResponseMessage> PostAsync(string path, string body) =>
        _server.WithApiKey().PostAsync(path, new StringContent(body, null, "application/json"));

    internal sealed record Body(int Size, string? Name);

    private sealed class Probes : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            next(app);
            app.UseEndpoints(routes =>
            {
                routes.MapGet("/api/probe/bug", IResult () => throw new InvalidOperationException("secret inside"));
                routes.MapGet("/api/probe/store", IResult () => throw new StorageException("disk full"));
                routes.MapPost("/api/probe/body", (Body body) => body.Size);
                routes.MapGet("/api/probe/status/{status:int}", (int status) => Results.StatusCode(status));
                routes.MapGet("/api/probe/problem", () => TypedResults.Problem("taken", statusCode: 409));
            });
        };
    }
}

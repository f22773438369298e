using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Platform.Runtime.Store;

namespace Platform.Server.Tests.Operations;

/// <summary>Health, limits and the report, with the real transport.</summary>
public sealed class HealthTests : IDisposable
{
    private readonly TestServer _server = TestServer.WithCredentials();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Who_watches_the_process_needs_no_key()
    {
        var live = await _server.Anonymous().GetAsync("/health/live");
        var ready = await _server.Anonymous().GetAsync("/health/ready");

        live.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await live.JsonAsync()).ToJsonString().ShouldBe("""{"status":"live"}""");
        ready.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await ready.JsonAsync()).ToJsonString().ShouldBe("""{"status":"ready","store":true,"recovery":true}""");
    }

    [Fact]
    public async Task A_server_without_its_store_lives_but_is_not_ready()
    {
        var directory = Directory.CreateTempSubdirectory("server-tests-");
        using (var server = new TestServer(new() { ["Storage:DataDirectory"] = directory.FullName }))
        {
            using var client = server.Anonymous();
            await server.Services.GetRequiredService<IWorkflowStore>().DisposeAsync();

            var ready = await client.GetAsync("/health/ready");

            ready.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            (await ready.JsonAsync()).ToJsonString().ShouldBe("""{"status":"notReady","store":false,"recovery":true}""");
            (await client.GetAsync("/health/live")).StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        directory.Delete(recursive: true);
    }

    [Fact]
    public async Task A_server_that_stops_takes_no_more_requests()
    {
        using var client = _server.Anonymous();
        var asked = new TaskCompletionSource<HttpStatusCode>();
        var lifetime = _server.Services.GetRequiredService<IHostApplicationLifetime>();
        // The stop goes on when this returns, so the answer is awaited here.
        lifetime.ApplicationStopping.Register(() => asked.SetResult(Task.Run(() => client.GetAsync("/health/ready")).GetAwaiter().GetResult().StatusCode));

        lifetime.StopApplication();

        (await asked.Task).ShouldBe(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task Over_the_wire_the_server_names_its_address_and_refuses_what_is_too_large()
    {
        using var server = new TestServer(new()
        {
            ["Storage:Kind"] = "Memory",
            ["Security:BootstrapApiKey"] = TestServer.ApiKey,
            ["Security:RequestBytesMax"] = "2000",
        });
        server.UseKestrel(0);
        server.StartServer();
        using var client = server.CreateClient();

        var answer = await client.PostAsync("/api/session", new StringContent($$"""{"username":"{{new string('x', 3000)}}","password":""}""", null, "application/json"));

        var problem = await answer.ShouldBeProblemAsync(HttpStatusCode.RequestEntityTooLarge, "WF4508");
        problem["detail"]!.GetValue<string>().ShouldContain("2,000 bytes");
        answer.Headers.Server.ShouldBeEmpty();
        (await server.Output.ReadAsync()).ShouldContain($"It listens on {client.BaseAddress!.ToString().TrimEnd('/')}.");
        (await server.Output.ReadAsync()).ShouldContain("Its data lies in memory and is gone when it ends");
    }
}

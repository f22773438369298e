using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Platform.Runtime.Execution;
using Platform.Runtime.Store;
using Platform.Server.Http;
using static Platform.Server.Tests.Http.Flow;

namespace Platform.Server.Tests.Http;

public sealed class OutgoingHttpTests : IAsyncLifetime
{
    private readonly HttpTestServer _server = HttpTestServer.Start(("Http:AllowLoopback", "true"), ("Http:ResponseBodyBytesMax", "20000"));
    private TestService _service = null!;

    public async Task InitializeAsync() => _service = await TestService.StartAsync(AnswerAsync);

    public async Task DisposeAsync()
    {
        _service.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("status/200", "200,Done")]
    [InlineData("status/201", "201,Done")]
    [InlineData("status/404", "Unmatched status code,Done")]
    [InlineData("cut", "Failed to connect")]
    [InlineData("large", "Failed to connect")]
    public async Task A_flow_request_ends_with_the_outcomes_of_its_status(string path, string expected) =>
        (await RunFlowAsync(_server, new Uri(_service.Address, path))).ShouldBe(expected);

    [Fact]
    public async Task A_service_that_does_not_listen_is_a_failure_to_connect()
    {
        var address = _service.Address;
        _service.Dispose();

        (await RunFlowAsync(_server, address)).ShouldBe("Failed to connect");
    }

    [Fact]
    public async Task A_service_that_does_not_answer_in_time_is_a_timeout()
    {
        var clock = new ManualClock();
        await using var server = HttpTestServer.Start(services => services.AddSingleton<TimeProvider>(clock), ("Http:AllowLoopback", "true"), ("Http:RequestTimeout", "00:01:40"));
        var outcome = RunFlowAsync(server, new Uri(_service.Address, "hang"));
        await _service.Reached;

        clock.Advance(TimeSpan.FromSeconds(101));

        (await outcome).ShouldBe("Timeout");
    }

    [Fact]
    public async Task A_request_carries_method_body_and_headers_and_its_answer_is_parsed()
    {
        await _server.PublishAsync("echo", Of(
            Endpoint("echo"),
            Step(
                "send",
                "Elsa.SendHttpRequest",
                ("url", "Literal", new Uri(_service.Address, "echo").ToString()),
                ("method", "Literal", "PUT"),
                ("content", "Object", """{"a":[1,2]}"""),
                ("contentType", "Literal", "application/json"),
                ("authorization", "Literal", "Bearer token-1"),
                ("requestHeaders", "Object", """{"X-One":"1","X-Two":["2","3"]}""")).Bind("parsedContent", "Body"),
            RespondWith("Body")).Variables("Body"));

        var echo = JsonNode.Parse(await _server.Client.GetStringAsync("/workflows/echo"))!;

        echo["method"]!.GetValue<string>().ShouldBe("PUT");
        echo["body"]!.GetValue<string>().ShouldBe("""{"a":[1,2]}""");
        echo["type"]!.GetValue<string>().ShouldBe("application/json");
        echo["authorization"]!.GetValue<string>().ShouldBe("Bearer token-1");
        echo["two"]!.GetValue<string>().ShouldBe("2, 3");
        var bursts = await _server.Store.ReadBurstsAsync((await _server.OnlyInstanceAsync("echo")).Id, CancellationToken.None);
        Encoding.UTF8.GetString(bursts[^1].Log.Span).ShouldNotContain("token-1\"}");
    }

    [Theory]
    [InlineData("status/200", "ok")]
    [InlineData("status/500", "other")]
    [InlineData("cut", "unreachable")]
    [InlineData("status/404", "nothing")]
    public async Task An_embedded_request_runs_the_activity_of_its_case(string path, string expected)
    {
        var send = Step("send", "Elsa.SendHttpRequest", ("url", "Literal", new Uri(_service.Address, path).ToString()))
            .With("expectedStatusCodes", new JsonArray(
                new JsonObject { ["statusCode"] = 200, ["activity"] = Respond("ok", "a") },
                new JsonObject { ["statusCode"] = 404, ["activity"] = null }))
            .With("unmatchedStatusCode", Respond("other", "b"))
            .With("failedToConnect", Respond("unreachable", "c"));
        await _server.PublishAsync("cases", Of(Endpoint("cases"), Respond("nothing", "before"), send));

        (await _server.Client.GetStringAsync("/workflows/cases")).ShouldBe(expected);
    }

    [Fact]
    public async Task Compressed_answers_and_redirects_are_followed()
    {
        await PublishGetAsync(_server, new Uri(_service.Address, "redirect?to=/zipped"));

        (await _server.Client.GetStringAsync("/workflows/get")).ShouldBe("""{"zipped":true}""");
    }

    [Theory]
    [InlineData("ftp://example.com/")]
    [InlineData("/relative")]
    [InlineData("file:///etc/passwd")]
    public async Task Only_http_addresses_are_requested(string url)
    {
        await _server.PublishAsync("get", Of(Endpoint("get"), Step("send", "Elsa.SendHttpRequest", ("url", "Literal", url))));

        (await _server.Client.GetAsync("/workflows/get")).StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        (await _server.LogAsync("get")).ShouldContain("absolute address");
    }

    [Fact]
    public async Task Loopback_is_blocked_unless_it_is_allowed()
    {
        await using var server = HttpTestServer.Start();
        await PublishGetAsync(server, _service.Address);

        (await server.Client.GetAsync("/workflows/get")).StatusCode.ShouldBe(HttpStatusCode.InternalServerError);

        (await server.LogAsync("get")).ShouldContain("WF4101");
        _service.Requests.ShouldBe(0);
    }

    [Fact]
    public async Task A_redirect_to_a_blocked_address_is_blocked()
    {
        using var inner = await TestService.StartAsync(context => context.Response.WriteAsync("secret"));
        await using var server = HttpTestServer.Start(("Http:AllowedHosts:0", $"127.0.0.1:{_service.Address.Port}"));
        var target = $"http://localhost:{inner.Address.Port}/";
        await PublishGetAsync(server, new Uri(_service.Address, "redirect?to=" + Uri.EscapeDataString(target)));

        (await server.Client.GetAsync("/workflows/get")).StatusCode.ShouldBe(HttpStatusCode.InternalServerError);

        // An address in the list is allowed by network, so only the name behind the redirect is refused.
        (await server.LogAsync("get")).ShouldContain("'localhost' was blocked");
        inner.Requests.ShouldBe(0);
    }

    [Theory]
    [InlineData("10.1.2.3")]
    [InlineData("172.31.0.1")]
    [InlineData("192.168.1.1")]
    [InlineData("169.254.169.254")]
    [InlineData("100.64.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("255.255.255.255")]
    [InlineData("224.0.0.1")]
    [InlineData("127.9.9.9")]
    [InlineData("::1")]
    [InlineData("::")]
    [InlineData("fe80::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("::7f00:1")]
    public void Addresses_that_are_not_public_are_refused(string address) =>
        new AddressGuard(new HttpOptions()).RefusalOf("example.com", 80, IPAddress.Parse(address)).ShouldNotBeNull();

    [Theory]
    [InlineData("93.184.216.34")]
    [InlineData("2606:2800:220:1:248:1893:25c8:1946")]
    [InlineData("172.32.0.1")]
    [InlineData("64:ff9b::5db8:d822")]
    public void Public_addresses_are_allowed(string address) =>
        new AddressGuard(new HttpOptions()).RefusalOf("example.com", 80, IPAddress.Parse(address)).ShouldBeNull();

    [Theory]
    [InlineData("intranet", "intranet", 80, "10.0.0.1", true)]
    [InlineData("intranet:8080", "intranet", 8080, "10.0.0.1", true)]
    [InlineData("intranet:8080", "intranet", 80, "10.0.0.1", false)]
    [InlineData("*.corp.example", "a.corp.example", 80, "10.0.0.1", true)]
    [InlineData("*.corp.example", "corp.example", 80, "10.0.0.1", false)]
    [InlineData("*.corp.example", "evilcorp.example", 80, "10.0.0.1", false)]
    [InlineData("10.0.0.0/8", "x", 80, "10.9.9.9", true)]
    [InlineData("10.0.0.0/8", "x", 80, "192.168.0.1", false)]
    [InlineData("10.0.0.5", "x", 80, "::ffff:10.0.0.5", true)]
    public void Hosts_and_networks_can_be_allowed(string entry, string host, int port, string address, bool isAllowed)
    {
        var guard = new AddressGuard(new HttpOptions { AllowedHosts = [entry] });

        (guard.RefusalOf(host, port, IPAddress.Parse(address)) is null).ShouldBe(isAllowed);
    }

    [Fact]
    public async Task Branches_wait_for_their_services_at_the_same_time()
    {
        var arrivals = new CountdownEvent(2);
        var both = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // Each service answers only once the other was asked too: one after the other they would wait for ever.
        RequestDelegate answer = async context =>
        {
            if (arrivals.Signal())
                both.SetResult();
            await both.Task.WaitAsync(TimeSpan.FromSeconds(30));
            await context.Response.WriteAsync("met");
        };
        using var one = await TestService.StartAsync(answer);
        using var two = await TestService.StartAsync(answer);
        await _server.PublishAsync("meet", Chart(
            [
                Endpoint("meet"),
                Step("fork", "Elsa.FlowFork", ("branches", "Object", """["A","B"]""")),
                Step("a", "Elsa.FlowSendHttpRequest", ("url", "Literal", one.Address.ToString())),
                Step("b", "Elsa.FlowSendHttpRequest", ("url", "Literal", two.Address.ToString())),
                Step("join", "Elsa.FlowJoin", ("mode", "Literal", "WaitAll")),
                Respond("both"),
            ],
            "endpoint -> fork", "fork:A -> a", "fork:B -> b", "a:200 -> join", "b:200 -> join", "join -> respond"));

        (await _server.Client.GetStringAsync("/workflows/meet")).ShouldBe("both");
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        switch (request.Path.Value!.Trim('/').Split('/'))
        {
            case ["status", var status]:
                context.Response.StatusCode = int.Parse(status);
                break;
            case ["cut"]:
                context.Abort();
                break;
            case ["hang"]:
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
                break;
            case ["large"]:
                await context.Response.WriteAsync(new string('x', 20_001));
                break;
            case ["redirect"]:
                context.Response.Redirect(request.Query["to"]!);
                break;
            case ["zipped"]:
                context.Response.ContentType = "application/json";
                context.Response.Headers.ContentEncoding = "gzip";
                await using (var zip = new GZipStream(context.Response.Body, CompressionLevel.Fastest))
                    await zip.WriteAsync("""{"zipped":true}"""u8.ToArray());
                break;
            case ["echo"]:
                using (var reader = new StreamReader(request.Body))
                {
                    await context.Response.WriteAsJsonAsync(new
                    {
                        method = request.Method,
                        body = await reader.ReadToEndAsync(),
                        type = request.ContentType,
                        authorization = request.Headers.Authorization.ToString(),
                        two = string.Join(", ", request.Headers["X-Two"].ToArray()),
                    });
                }

                break;
        }
    }

    private static Task PublishGetAsync(HttpTestServer server, Uri url) => server.PublishAsync("get", Of(
        Endpoint("get"), Step("send", "Elsa.SendHttpRequest", ("url", "Literal", url.ToString())).Bind("parsedContent", "Body"), RespondWith("Body")).Variables("Body"));

    /// <summary>The outcomes of a request: each has a step of its own that runs and so leaves its id.</summary>
    private static async Task<string> RunFlowAsync(HttpTestServer server, Uri url)
    {
        string[] outcomes = ["200", "201", "Unmatched status code", "Failed to connect", "Timeout", "Done"];
        var marks = outcomes.Select((_, index) => Step($"mark{index}", "Elsa.SetName", ("value", "Literal", "x")));
        var document = Chart(
            [Step("send", "Elsa.FlowSendHttpRequest", ("url", "Literal", url.ToString()), ("expectedStatusCodes", "Object", "[200,201]")), .. marks],
            [.. outcomes.Select((outcome, index) => $"send:{outcome} -> mark{index}")]);
        await server.PublishAsync("flow", document);
        var started = (await server.Runtime.StartAsync(new StartRequest { DefinitionId = "flow" }, CancellationToken.None)).ShouldBeOfType<StartResult.Started>();
        var bursts = await server.Store.ReadBurstsAsync(started.Instance.Id, CancellationToken.None);
        var history = Engine.Execution.ExecutionHistory.Read(started.Instance.Id, bursts.Select(burst => burst.Log));
        return string.Join(',', outcomes.Where((_, index) => history.Executions.Any(execution => execution.ActivityId == $"mark{index}")));
    }
}

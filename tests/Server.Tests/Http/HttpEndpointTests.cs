using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Platform.Engine;
using Platform.Runtime.Execution;
using Platform.Runtime.Store;
using static Platform.Server.Tests.Http.Flow;

namespace Platform.Server.Tests.Http;

public sealed class HttpEndpointTests : IAsyncLifetime
{
    private readonly HttpTestServer _server = HttpTestServer.Start();

    private HttpClient Client => _server.Client;

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Fact]
    public async Task A_second_endpoint_waits_and_is_resumed_by_its_own_route()
    {
        await _server.PublishAsync("talk", Of(
            Endpoint("talk"), Respond("first", "r1"), Waits("talk/{id}/go", """["POST","PUT"]""").Bind("routeData", "Data"), RespondWith("Data", "r2")).Variables("Data"));

        (await Client.PostAsync("/workflows/talk/5/go", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await Client.GetStringAsync("/workflows/talk")).ShouldBe("first");
        (await _server.OnlyInstanceAsync("talk")).SubStatus.ShouldBe("Suspended");
        (await Client.GetAsync("/workflows/talk/5/go")).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        using var resumed = await Client.PutAsync("/workflows/talk/5/go", null);
        (await resumed.Content.ReadAsStringAsync()).ShouldBe("""{"id":"5"}""");
        (await _server.OnlyInstanceAsync("talk")).SubStatus.ShouldBe("Finished");
        (await Client.PostAsync("/workflows/talk/5/go", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_waiting_endpoint_is_known_after_a_restart()
    {
        var store = new InMemoryStore();
        await using (var first = HttpTestServer.StartOn(store))
        {
            await first.PublishAsync("w", Of(Endpoint("w"), Waits("next"), Respond("went on")));
            (await first.Client.GetAsync("/workflows/w")).StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        await using var second = HttpTestServer.StartOn(store);

        (await second.Client.GetStringAsync("/workflows/next")).ShouldBe("went on");
    }

    [Fact]
    public async Task Of_several_waiting_instances_one_is_chosen_by_correlation_or_instance_id()
    {
        await _server.PublishAsync("w", Of(Endpoint("w"), Waits("next"), Respond("went on")));
        await Client.GetAsync("/workflows/w?correlationId=a&workflowInstanceId=1");
        await Client.GetAsync("/workflows/w?correlationId=b&workflowInstanceId=2");
        await Client.GetAsync("/workflows/w?correlationId=c&workflowInstanceId=3");

        using var ambiguous = await Client.GetAsync("/workflows/next");
        ambiguous.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        (await Client.GetAsync("/workflows/next?correlationId=none")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await Client.GetStringAsync("/workflows/next?correlationId=b")).ShouldBe("went on");
        using var chosen = new HttpRequestMessage(HttpMethod.Get, "/workflows/next") { Headers = { { "X-Workflow-Instance-ID", "3" } } };
        (await (await Client.SendAsync(chosen)).Content.ReadAsStringAsync()).ShouldBe("went on");
        (await Client.GetStringAsync("/workflows/next")).ShouldBe("went on");

        (await _server.Store.FindInstanceAsync("2", CancellationToken.None))!.SubStatus.ShouldBe("Finished");
        (await Client.GetAsync("/workflows/next")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Started_without_a_request_the_endpoint_waits_for_one()
    {
        await _server.PublishAsync("w", Of(Endpoint("w/{x}"), Respond("came")));
        var started = await _server.Runtime.StartAsync(new StartRequest { DefinitionId = "w", InstanceId = "i" }, CancellationToken.None);
        started.ShouldBeOfType<StartResult.Started>().Instance.SubStatus.ShouldBe("Suspended");

        // Without the id the trigger takes the request and starts another instance.
        (await Client.GetStringAsync("/workflows/w/1")).ShouldBe("came");
        (await _server.Store.FindInstanceAsync("i", CancellationToken.None))!.SubStatus.ShouldBe("Suspended");
        (await Client.GetStringAsync("/workflows/w/1?workflowInstanceId=i")).ShouldBe("came");
        (await _server.Store.FindInstanceAsync("i", CancellationToken.None))!.SubStatus.ShouldBe("Finished");
    }

    [Fact]
    public async Task Only_signed_in_callers_may_use_an_endpoint_that_asks_for_it()
    {
        await _server.PublishAsync("closed", Of(
            Step("endpoint", "Elsa.HttpEndpoint", ("path", "Literal", "closed"), ("authorize", "Literal", "True"))
                .With("customProperties", new JsonObject { ["canStartWorkflow"] = true }),
            Respond("in")));
        await _server.PublishAsync("later", Of(Endpoint("later"), Waits("inner").With("authorize", Literal("true")), Respond("in")));

        (await Client.GetAsync("/workflows/closed")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await _server.CountInstancesAsync("closed")).ShouldBe(0);

        await Client.GetAsync("/workflows/later");
        (await Client.GetAsync("/workflows/inner")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await _server.OnlyInstanceAsync("later")).SubStatus.ShouldBe("Suspended");
        (await Client.GetAsync("/workflows/inner")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_request_that_takes_too_long_is_cancelled_with_408()
    {
        var clock = new ManualClock();
        using var service = await TestService.StartAsync(async context => await Task.Delay(Timeout.Infinite, context.RequestAborted));
        await using var server = HttpTestServer.Start(services => services.AddSingleton<TimeProvider>(clock), ("Http:AllowLoopback", "true"));
        await server.PublishAsync("slow", Of(
            Endpoint("slow").With("requestTimeout", Literal("00:00:20")),
            Step("send", "Elsa.FlowSendHttpRequest", ("url", "Literal", service.Address.ToString())),
            Respond("never")));

        var request = server.Client.GetAsync("/workflows/slow");
        await service.Reached;
        clock.Advance(TimeSpan.FromSeconds(21));
        using var response = await request;

        response.StatusCode.ShouldBe(HttpStatusCode.RequestTimeout);
        (await server.OnlyInstanceAsync("slow")).SubStatus.ShouldBe("Cancelled");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_over_the_limit_is_413(bool chunked)
    {
        await _server.PublishAsync("small", Of(Endpoint("small", """["POST"]""").With("requestSizeLimit", Literal("10")), Respond("ok")));

        using var response = await Client.PostAsync("/workflows/small", Body(new string('x', 11), "text/plain", chunked));

        response.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await response.Content.ReadAsStringAsync()).ShouldBe("""{"Message":"The maximum request size allowed is 10 bytes."}""");
        using var fits = await Client.PostAsync("/workflows/small", Body(new string('x', 10), "text/plain", chunked));
        (await fits.Content.ReadAsStringAsync()).ShouldBe("ok");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_over_the_limit_may_have_an_outcome_of_its_own(bool chunked)
    {
        await _server.PublishAsync("small", Chart(
            [
                Endpoint("small", """["POST"]""").With("requestSizeLimit", Literal("10")).With("exposeRequestTooLargeOutcome", true),
                Respond("ok", "fits"),
                Respond("too much", "large", "BadRequest"),
            ],
            "endpoint -> fits",
            "endpoint:Request too large -> large"));

        using var response = await Client.PostAsync("/workflows/small", Body(new string('x', 11), "text/plain", chunked));

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadAsStringAsync()).ShouldBe("too much");
    }

    [Fact]
    public async Task The_host_limits_bodies_when_the_endpoint_does_not()
    {
        await using var server = HttpTestServer.Start(("Http:RequestBodyBytesMax", "5"));
        await server.PublishAsync("w", Of(Endpoint("w", """["POST"]"""), Respond("ok")));

        (await server.Client.PostAsync("/workflows/w", Body("123456", "text/plain", true))).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task A_body_that_is_not_the_json_it_says_is_400_with_its_place()
    {
        await _server.PublishAsync("json", Of(Endpoint("json", """["POST"]"""), Respond("ok")));

        using var response = await Client.PostAsync("/workflows/json", Body("{\n\"a\": oops }", "application/json", false));

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        answer["Message"]!.GetValue<string>().ShouldNotBeEmpty();
        answer["LineNumber"]!.GetValue<int>().ShouldBe(1);
    }

    [Fact]
    public async Task A_bad_request_leaves_a_waiting_instance_waiting()
    {
        await _server.PublishAsync("w", Of(Endpoint("w"), Waits("data", """["POST"]""").Bind("parsedContent", "Body"), RespondWith("Body")).Variables("Body"));
        await Client.GetAsync("/workflows/w");

        (await Client.PostAsync("/workflows/data", Body("{", "application/json", false))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await _server.OnlyInstanceAsync("w")).SubStatus.ShouldBe("Suspended");
        using var good = await Client.PostAsync("/workflows/data", Body("[1]", "application/json", false));
        (await good.Content.ReadAsStringAsync()).ShouldBe("[1]");
    }

    [Theory]
    [InlineData("a=1&b=2&b=3", "application/x-www-form-urlencoded", """{"a":"1","b":["2","3"]}""")]
    [InlineData("plain", "text/plain", "plain")]
    [InlineData("<a/>", "application/xml", "<a/>")]
    [InlineData("\"text\"", "application/json", "text")]
    [InlineData("""{"n":1.5}""", "application/vnd.api+json", """{"n":1.5}""")]
    public async Task Content_is_parsed_by_its_type(string body, string contentType, string expected)
    {
        await _server.PublishAsync("parse", Of(Endpoint("parse", """["POST"]""").Bind("parsedContent", "Body"), RespondWith("Body")).Variables("Body"));

        using var response = await Client.PostAsync("/workflows/parse", Body(body, contentType, false));

        (await response.Content.ReadAsStringAsync()).ShouldBe(expected);
    }

    [Theory]
    [InlineData("fileSizeLimit", "3", "exposeFileTooLargeOutcome", "File too large", HttpStatusCode.RequestEntityTooLarge)]
    [InlineData("allowedFileExtensions", "[\".png\"]", "exposeInvalidFileExtensionOutcome", "Invalid file extension", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("blockedFileExtensions", "[\".TXT\"]", "exposeInvalidFileExtensionOutcome", "Invalid file extension", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("allowedMimeTypes", "[\"image/png\"]", "exposeInvalidFileMimeTypeOutcome", "Invalid file MIME type", HttpStatusCode.UnsupportedMediaType)]
    public async Task Files_that_break_a_rule_are_refused_or_have_an_outcome(string rule, string value, string exposes, string outcome, HttpStatusCode status)
    {
        var endpoint = Endpoint("upload", """["POST"]""").With(rule, new JsonObject { ["typeName"] = "Any", ["expression"] = new JsonObject { ["type"] = "Object", ["value"] = value } });
        await _server.PublishAsync("closed", Chart([(JsonObject)endpoint.DeepClone(), Respond("ok")], "endpoint -> respond"));
        using var refused = await Client.PostAsync("/workflows/upload", Upload());
        refused.StatusCode.ShouldBe(status);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("\"Message\":");

        await _server.PublishAsync("closed", Chart(
            [endpoint.With(exposes, true), Respond("ok"), Respond("exposed", "other")], "endpoint -> respond", $"endpoint:{outcome} -> other"));
        using var exposed = await Client.PostAsync("/workflows/upload", Upload());
        (await exposed.Content.ReadAsStringAsync()).ShouldBe("exposed");
    }

    [Fact]
    public async Task Uploaded_files_and_fields_arrive()
    {
        await _server.PublishAsync("upload", Of(Endpoint("upload", """["POST"]""").Bind("parsedContent", "Body"), RespondWith("Body")).Variables("Body"));
        using var upload = Upload();
        upload.Add(new StringContent("blue"), "color");

        using var response = await Client.PostAsync("/workflows/upload", upload);

        (await response.Content.ReadAsStringAsync()).ShouldBe("""{"color":"blue"}""");
    }

    [Fact]
    public async Task Credentials_in_headers_are_masked_in_the_journal()
    {
        await _server.PublishAsync("w", Of(Endpoint("w"), Respond("ok")));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/workflows/w") { Headers = { { "Authorization", "Bearer very-secret" } } };
        await Client.SendAsync(request);

        var instance = await _server.OnlyInstanceAsync("w");
        var bursts = await _server.Store.ReadBurstsAsync(instance.Id, CancellationToken.None);

        Encoding.UTF8.GetString(bursts.ShouldHaveSingleItem().Log.Span).ShouldNotContain("very-secret");
    }

    private static JsonObject Waits(string path, string methods = """["GET"]""") =>
        Step("wait", "Elsa.HttpEndpoint", ("path", "Literal", path), ("supportedMethods", "Object", methods));

    private static JsonObject Literal(string value) =>
        new() { ["typeName"] = "Any", ["expression"] = new JsonObject { ["type"] = "Literal", ["value"] = value } };

    private static HttpContent Body(string text, string contentType, bool chunked)
    {
        HttpContent content = chunked ? new ChunkedContent(text) : new StringContent(text);
        content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        return content;
    }

    private static MultipartFormDataContent Upload()
    {
        var file = new StringContent("12345");
        file.Headers.ContentType = new MediaTypeHeaderValue("text/plain");
        return new MultipartFormDataContent { { file, "file", "notes.txt" } };
    }

    /// <summary>Content that does not know its length.</summary>
    private sealed class ChunkedContent(string text) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => stream.WriteAsync(Encoding.UTF8.GetBytes(text)).AsTask();

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}

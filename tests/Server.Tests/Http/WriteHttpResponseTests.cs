using System.Net;
using System.Text.Json.Nodes;
using Platform.Runtime.Execution;
using static Platform.Server.Tests.Http.Flow;

namespace Platform.Server.Tests.Http;

public sealed class WriteHttpResponseTests : IAsyncLifetime
{
    private readonly HttpTestServer _server = HttpTestServer.Start();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Fact]
    public async Task Without_a_request_it_faults_with_its_code()
    {
        await _server.PublishAsync("w", Of(Respond("nobody hears")));

        var started = (await _server.Runtime.StartAsync(new StartRequest { DefinitionId = "w" }, CancellationToken.None)).ShouldBeOfType<StartResult.Started>();

        var incident = started.Workflow.Incidents.ShouldHaveSingleItem();
        incident.Exception!.Type.ShouldBe("FaultException");
        incident.Message.ShouldContain("no HTTP request");
    }

    [Theory]
    [InlineData("""{"a":1}""", null, "application/json", """{"a":1}""")]
    [InlineData("""{"a":"x y","b":"2"}""", "application/x-www-form-urlencoded", "application/x-www-form-urlencoded", "a=x%20y&b=2")]
    [InlineData("""{"a":1,"b":["x"]}""", "application/xml", "application/xml", "<root><a>1</a><b><item>x</item></b></root>")]
    [InlineData("""[1,2]""", "text/plain", "text/plain", "[1,2]")]
    public async Task Content_is_written_as_its_type_asks(string content, string? contentType, string expectedType, string expected)
    {
        var respond = Step("respond", "Elsa.WriteHttpResponse", ("content", "JavaScript", $"({content})"), ("contentType", "Literal", contentType));
        await _server.PublishAsync("w", Of(Endpoint("w"), respond));

        using var response = await _server.Client.GetAsync("/workflows/w");

        response.Content.Headers.ContentType!.ToString().ShouldBe(expectedType);
        (await response.Content.ReadAsStringAsync()).Replace("\r", "").Replace("\n", "").Replace("  ", "").ShouldBe(expected);
    }

    [Fact]
    public async Task Status_and_headers_arrive_and_204_has_no_body()
    {
        var respond = Step(
            "respond",
            "Elsa.WriteHttpResponse",
            ("statusCode", "Literal", "NoContent"),
            ("content", "Literal", "ignored"),
            ("responseHeaders", "Object", """{"X-One":"1","X-Many":["a","b"],"Content-Length":"99"}"""));
        await _server.PublishAsync("w", Of(Endpoint("w"), respond));

        using var response = await _server.Client.GetAsync("/workflows/w");

        response.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        response.Headers.GetValues("X-One").ShouldBe(["1"]);
        response.Headers.GetValues("X-Many").ShouldBe(["a", "b"]);
        (await response.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("X-Evil", "a\r\nSet-Cookie: b")]
    [InlineData("Bad Name", "a")]
    public async Task A_header_cannot_smuggle_in_another(string name, string value)
    {
        var headers = new JsonObject { [name] = value }.ToJsonString();
        await _server.PublishAsync("w", Of(Endpoint("w"), Step("respond", "Elsa.WriteHttpResponse", ("responseHeaders", "Object", headers))));

        using var response = await _server.Client.GetAsync("/workflows/w");

        response.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        response.Headers.Contains("Set-Cookie").ShouldBeFalse();
    }

    [Fact]
    public async Task A_head_request_gets_the_length_and_no_body()
    {
        await _server.PublishAsync("w", Of(Endpoint("w", """["HEAD"]"""), Respond("12345")));
        using var request = new HttpRequestMessage(HttpMethod.Head, "/workflows/w");

        using var response = await _server.Client.SendAsync(request);

        response.Content.Headers.ContentLength.ShouldBe(5);
        (await response.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }
}

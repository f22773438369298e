using System.Net;
using System.Text;
using System.Text.Json;
using Platform.Runtime.Store;
using Platform.Server.Http;
using static Platform.Server.Tests.Http.Flow;

namespace Platform.Server.Tests.Http;

/// <summary>Requests to endpoints of workflows that are sent again with the same idempotency key.</summary>
public sealed class KeyedRequestTests : IAsyncLifetime
{
    private const string Order = """{"item":"book"}""";
    private readonly HttpTestServer _server = HttpTestServer.Start();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Fact]
    public async Task The_same_key_starts_one_run_and_is_given_its_answer_again()
    {
        await _server.PublishAsync("order", Of(Endpoint("order", """["POST"]"""), Respond("thanks")));

        using var first = await SendAsync("order", "k1", Order);
        using var again = await SendAsync("order", "k1", Order);
        using var other = await SendAsync("order", "k2", Order);

        foreach (var answer in (HttpResponseMessage[])[first, again, other])
        {
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            answer.Content.Headers.ContentType!.ToString().ShouldBe("text/plain");
            (await answer.Content.ReadAsStringAsync()).ShouldBe("thanks");
        }

        first.Headers.Contains("Idempotency-Replayed").ShouldBeFalse();
        again.Headers.GetValues("Idempotency-Replayed").ShouldBe(["true"]);
        (await _server.CountInstancesAsync("order")).ShouldBe(2);
    }

    [Fact]
    public async Task Requests_that_come_at_the_same_time_start_one_run()
    {
        await _server.PublishAsync("order", Of(Endpoint("order", """["POST"]"""), Respond("thanks")));

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => SendAsync("order", "k1", Order)));

        foreach (var answer in answers)
            (await answer.Content.ReadAsStringAsync()).ShouldBe("thanks");
        (await _server.CountInstancesAsync("order")).ShouldBe(1);
    }

    [Fact]
    public async Task Another_request_with_the_same_key_is_refused()
    {
        await _server.PublishAsync("order", Of(Endpoint("order", """["POST"]"""), Respond("thanks")));
        (await SendAsync("order", "k1", Order)).EnsureSuccessStatusCode();

        await ShouldBeAsync(await SendAsync("order", "k1", """{"item":"pen"}"""), HttpStatusCode.UnprocessableEntity, "WF4109");
        await ShouldBeAsync(await SendAsync("order?fast=1", "k1", Order), HttpStatusCode.UnprocessableEntity, "WF4109");
        (await _server.CountInstancesAsync("order")).ShouldBe(1);
    }

    [Theory]
    [InlineData("tab\there")]
    [InlineData("two words")]
    public async Task What_cannot_be_a_key_is_refused(string key)
    {
        await _server.PublishAsync("order", Of(Endpoint("order", """["POST"]"""), Respond("thanks")));

        await ShouldBeAsync(await SendAsync("order", key, Order), HttpStatusCode.BadRequest, "WF4108");
        (await _server.CountInstancesAsync("order")).ShouldBe(0);
    }

    [Fact]
    public async Task A_run_that_faulted_tells_so_again()
    {
        await _server.PublishAsync("order", Of(Endpoint("order", """["POST"]"""), Step("f", "Elsa.Fault", ("message", "Literal", "no"))));

        await ShouldBeAsync(await SendAsync("order", "k1", Order), HttpStatusCode.InternalServerError, "WF4107");
        await ShouldBeAsync(await SendAsync("order", "k1", Order), HttpStatusCode.InternalServerError, "WF4107");
        (await _server.CountInstancesAsync("order")).ShouldBe(1);
    }

    [Fact]
    public async Task An_answer_that_is_too_large_to_be_kept_is_not_run_again_either()
    {
        await _server.PublishAsync("order", Of(Endpoint("order", """["POST"]"""), Respond(new string('x', KeyedRequests.AnswerBytesMax + 1))));
        (await SendAsync("order", "k1", Order)).EnsureSuccessStatusCode();

        await ShouldBeAsync(await SendAsync("order", "k1", Order), HttpStatusCode.Conflict, "WF4110");
        (await _server.CountInstancesAsync("order")).ShouldBe(1);
    }

    [Fact]
    public void An_answer_is_kept_as_it_was()
    {
        var headers = new HttpHeaders { ["X-More"] = ["1", "2"] };
        var kept = KeyedRequests.Write(new WorkflowHttpResponse(201, "application/octet-stream", new byte[] { 0xFF, 0x00, 0x80 }, headers));

        using var json = JsonDocument.Parse(kept);
        json.RootElement.GetProperty("status").GetInt32().ShouldBe(201);
        json.RootElement.GetProperty("body").GetBytesFromBase64().ShouldBe([0xFF, 0x00, 0x80]);
        json.RootElement.GetProperty("headers").GetProperty("X-More").GetArrayLength().ShouldBe(2);
    }

    private async Task<HttpResponseMessage> SendAsync(string path, string key, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/workflows/" + path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return await _server.Client.SendAsync(request);
    }

    private static async Task ShouldBeAsync(HttpResponseMessage answer, HttpStatusCode status, string code)
    {
        using var _ = answer;
        answer.StatusCode.ShouldBe(status);
        (await answer.Content.ReadAsStringAsync()).ShouldContain(code);
    }
}

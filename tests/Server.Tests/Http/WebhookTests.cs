using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Platform.Runtime.Store;
using Platform.Server.Http;
using Platform.Server.Secrets;
using static Platform.Server.Tests.Http.Flow;

namespace Platform.Server.Tests.Http;

/// <summary>Webhooks by Standard Webhooks: signed on their way out, believed on their way in only when the signature is right.</summary>
public sealed class WebhookTests : IAsyncLifetime
{
    // The example of the specification.
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Body = """{"test": 2432232314}""";

    private readonly HttpTestServer _server = HttpTestServer.Start(("Http:AllowLoopback", "true"));
    private readonly ConcurrentQueue<Delivery> _deliveries = new();
    private TestService _receiver = null!;
    private int _failures;

    public async Task InitializeAsync()
    {
        _receiver = await TestService.StartAsync(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            var headers = context.Request.Headers;
            _deliveries.Enqueue(new Delivery($"{headers["webhook-id"]}", $"{headers["webhook-timestamp"]}", $"{headers["webhook-signature"]}", Encoding.UTF8.GetString(body.ToArray())));
            context.Response.StatusCode = context.Request.Path == "/refuses" ? 422 : context.Request.Path == "/moves" ? 302 : Interlocked.Decrement(ref _failures) >= 0 ? 503 : 204;
            if (context.Request.Path == "/moves")
                context.Response.Headers.Location = "/";
        });
        await _server.Services.GetRequiredService<SecretStore>().CreateAsync("hooks", Secret, secret => secret, CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        _receiver.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public void A_signature_is_that_of_the_specification()
    {
        var key = WebhookSignature.ReadKey(Secret).ShouldNotBeNull();

        WebhookSignature.Sign(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, Encoding.UTF8.GetBytes(Body)).ShouldBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        WebhookSignature.ReadKey("not base64!").ShouldBeNull();
        WebhookSignature.ReadKey("whsec_c2hvcnQ=").ShouldBeNull();
    }

    [Fact]
    public async Task A_webhook_is_signed_and_sent_again_with_the_same_id_and_body_until_it_is_taken()
    {
        _failures = 2;
        await _server.PublishAsync("sends", Of(Endpoint("send"), Webhook(_receiver.Address), Step("after", "Elsa.SetName", ("value", "Literal", "sent"))));
        await _server.Client.GetAsync("/workflows/send");

        for (var attempt = 1; attempt <= 2; attempt++)
        {
            var instance = await _server.OnlyInstanceAsync("sends");
            instance.SubStatus.ShouldBe("Suspended", await _server.LogAsync("sends"));
            var bookmark = (await _server.Store.FindBookmarksAsync(new BookmarkFilter { InstanceId = instance.Id }, CancellationToken.None)).ShouldHaveSingleItem();
            bookmark.DueAt.ShouldBe(_server.Clock.GetUtcNow() + (attempt == 1 ? TimeSpan.FromSeconds(5) : TimeSpan.FromMinutes(5)));
            _server.Clock.Advance(TimeSpan.FromMinutes(5));
            await _server.Runtime.ResumeAsync(bookmark, null, null, CancellationToken.None);
        }

        (await _server.OnlyInstanceAsync("sends")).Name.ShouldBe("sent");
        _deliveries.Count.ShouldBe(3);
        _deliveries.Select(delivery => delivery.Id).Distinct().ShouldHaveSingleItem().ShouldStartWith("msg_");
        _deliveries.Select(delivery => delivery.Body).Distinct().ShouldHaveSingleItem().ShouldContain("""
            "type":"order.paid"
            """.Trim());
        _deliveries.Select(delivery => delivery.Timestamp).Distinct().Count().ShouldBe(3);
        foreach (var delivery in _deliveries)
            delivery.Signature.ShouldBe(Sign(delivery.Id, long.Parse(delivery.Timestamp, CultureInfo.InvariantCulture), delivery.Body));
        (await _server.LogAsync("sends")).ShouldNotContain("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    }

    [Theory]
    [InlineData("refuses", "hooks", "WF4763", 1)]
    [InlineData("moves", "hooks", "WF4763", 1)]
    [InlineData("", "none", "WF4762", 0)]
    public async Task A_webhook_that_is_refused_for_good_or_cannot_be_signed_faults_at_once(string path, string secret, string code, int deliveries)
    {
        await _server.PublishAsync("sends", Of(Endpoint("send"), Webhook(new Uri(_receiver.Address, path), secret)));

        await _server.Client.GetAsync("/workflows/send");

        (await _server.OnlyInstanceAsync("sends")).SubStatus.ShouldBe("Faulted");
        (await _server.LogAsync("sends")).ShouldContain(code);
        _deliveries.Count.ShouldBe(deliveries);
    }

    [Fact]
    public async Task A_signed_request_starts_one_instance_however_often_it_comes()
    {
        await _server.PublishAsync("hears", Of(Hearing("hear"), Respond("heard")));
        var now = _server.Clock.GetUtcNow().ToUnixTimeSeconds();

        (await (await SendAsync("hear", "msg_1", now, Sign("msg_1", now, Body))).Content.ReadAsStringAsync()).ShouldBe("heard");
        for (var i = 0; i < 3; i++)
            (await SendAsync("hear", "msg_1", now, Sign("msg_1", now, Body))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await SendAsync("hear", "msg_2", now, "v1,AAAA v1a,x " + Sign("msg_2", now, Body))).StatusCode.ShouldBe(HttpStatusCode.OK);

        (await _server.CountInstancesAsync("hears")).ShouldBe(2);
    }

    [Fact]
    public async Task What_is_not_signed_signed_wrongly_or_too_old_gets_401_and_leaves_nothing_behind()
    {
        await _server.PublishAsync("hears", Of(Hearing("hear"), Respond("heard")));
        var now = _server.Clock.GetUtcNow().ToUnixTimeSeconds();
        var right = Sign("msg_1", now, Body);
        var requests = new[]
        {
            await SendAsync("hear", null, null, null),
            await SendAsync("hear", "msg_1", now, Sign("msg_1", now, Body, "whsec_" + Convert.ToBase64String(new byte[24]))),
            await SendAsync("hear", "msg_2", now, right),
            await SendAsync("hear", "msg_1", now + 1, right),
            await SendAsync("hear", "msg_1", now, right, Body + " "),
            await SendAsync("hear", "msg_1", now, right["v1,".Length..]),
            await SendAsync("hear", "msg_1", now - 301, Sign("msg_1", now - 301, Body)),
            await SendAsync("hear", "msg_1", now + 301, Sign("msg_1", now + 301, Body)),
        };

        foreach (var answer in requests)
            await answer.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "WF4761");
        (await _server.CountInstancesAsync("hears")).ShouldBe(0);
        await _server.Services.GetRequiredService<SecretStore>().DeleteAsync("hooks", CancellationToken.None);
        await (await SendAsync("hear", "msg_1", now, right)).ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "WF4762");
    }

    [Fact]
    public async Task An_instance_that_waits_for_a_webhook_goes_on_with_a_right_one_only_and_once_for_each()
    {
        await _server.PublishAsync("waits", Of(
            Endpoint("begin"), Waiting("hook", "first"), Respond("one", "r1"), Waiting("hook", "second"), Respond("two", "r2")));
        await _server.Client.GetAsync("/workflows/begin");
        var now = _server.Clock.GetUtcNow().ToUnixTimeSeconds();

        await (await SendAsync("hook", "msg_1", now, "v1,AAAA")).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "WF4761");
        (await (await SendAsync("hook", "msg_1", now, Sign("msg_1", now, Body))).Content.ReadAsStringAsync()).ShouldBe("one");
        (await (await SendAsync("hook", "msg_1", now, Sign("msg_1", now, Body))).Content.ReadAsStringAsync()).ShouldBe("");
        (await _server.OnlyInstanceAsync("waits")).SubStatus.ShouldBe("Suspended");
        (await (await SendAsync("hook", "msg_2", now, Sign("msg_2", now, Body))).Content.ReadAsStringAsync()).ShouldBe("two");
    }

    private static JsonObject Webhook(Uri url, string secret = "hooks") => Step(
        "hook", "Platform.SendWebhook", ("url", "Literal", url.ToString()), ("secret", "Literal", secret), ("eventType", "Literal", "order.paid"), ("payload", "JavaScript", "({ id: 7, at: Date.now() })"));

    private static JsonObject Waiting(string path, string id) => Step(
        id, "Elsa.HttpEndpoint", ("path", "Literal", path), ("supportedMethods", "Object", """["POST"]"""), ("webhookSecret", "Literal", "hooks"));

    private static JsonObject Hearing(string path) => Starts(Waiting(path, "endpoint"));

    private static string Sign(string id, long timestamp, string body, string secret = Secret) => "v1," + Convert.ToBase64String(
        HMACSHA256.HashData(Convert.FromBase64String(secret["whsec_".Length..]), Encoding.UTF8.GetBytes($"{id}.{timestamp}.{body}")));

    private Task<HttpResponseMessage> SendAsync(string path, string? id, long? timestamp, string? signature, string body = Body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/workflows/" + path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (id is not null)
            request.Headers.Add("webhook-id", id);
        if (timestamp is { } seconds)
            request.Headers.Add("webhook-timestamp", seconds.ToString(CultureInfo.InvariantCulture));
        if (signature is not null)
            request.Headers.TryAddWithoutValidation("webhook-signature", signature);
        return _server.Client.SendAsync(request);
    }

    private sealed record Delivery(string Id, string Timestamp, string Signature, string Body);
}

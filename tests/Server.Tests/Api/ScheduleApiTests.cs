using System.Text.Json.Nodes;

namespace Platform.Server.Tests.Api;

public sealed class ScheduleApiTests : IAsyncLifetime
{
    private const string Path = "/api/schedules/nightly%7Cc";
    private readonly TestServer _server = TestServer.WithCredentials();
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _client = _server.WithApiKey();
        const string Document = """
            {"definitionId":"nightly","name":"Nightly","customProperties":{"schedule":{"timeZone":"Europe/Berlin","misfirePolicy":"Skip"}},
             "root":{"id":"root","type":"Elsa.Flowchart","activities":[
               {"id":"c","type":"Elsa.Cron","customProperties":{"canStartWorkflow":true},
                "cronExpression":{"typeName":"String","expression":{"type":"Literal","value":"0 3 * * *"}}},
               {"id":"w","type":"Elsa.WriteLine","text":{"typeName":"String","expression":{"type":"Literal","value":"Hi"}}}],
              "connections":[{"source":{"activity":"c","port":"Done"},"target":{"activity":"w","port":"In"}}]}}
            """;
        (await SendAsync(HttpMethod.Post, "/elsa/api/workflow-definitions/import", Document)).Status.ShouldBeOneOf(200, 201);
        (await SendAsync(HttpMethod.Post, "/elsa/api/workflow-definitions/nightly/publish", "{}")).Status.ShouldBe(200);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_schedule_is_listed_with_all_that_is_known_of_it()
    {
        var list = (await SendAsync(HttpMethod.Get, "/api/schedules")).Node;

        list["totalCount"]!.GetValue<long>().ShouldBe(1);
        var one = list["items"]![0]!;
        JsonNode.DeepEquals(one, (await SendAsync(HttpMethod.Get, Path)).Node).ShouldBeTrue();
        one.ToJsonString().ShouldBe("""
            {"id":"nightly|c","definitionId":"nightly","definitionName":"Nightly","activityId":"c","kind":"Cron","expression":"0 3 * * *","timeZone":"Europe/Berlin","misfirePolicy":"Skip","overlapPolicy":"Allow","isPaused":false,"nextDueAt":"2026-03-05T02:00:00\u002B00:00","lastTickAt":null,"lastFiredAt":null,"firedCount":0,"missedCount":0,"skippedCount":0,"queuedCount":0,"setByOperator":{"misfirePolicy":null,"overlapPolicy":null,"timeZone":null,"isPaused":null}}
            """);
        (await SendAsync(HttpMethod.Get, "/api/schedules?definitionId=other")).Node["totalCount"]!.GetValue<long>().ShouldBe(0);
    }

    [Fact]
    public async Task It_is_set_paused_resumed_and_left_to_its_document_again()
    {
        var set = await SendAsync(HttpMethod.Put, Path + "/settings", """{"timeZone":"Asia/Seoul","overlapPolicy":"Queue"}""");
        set.Status.ShouldBe(200, set.Body);
        set.Node["nextDueAt"]!.GetValue<DateTimeOffset>().ShouldBe(new DateTimeOffset(2026, 3, 4, 18, 0, 0, TimeSpan.Zero));
        set.Node["misfirePolicy"]!.GetValue<string>().ShouldBe("Skip");
        (await SendAsync(HttpMethod.Post, Path + "/pause")).Node["isPaused"]!.GetValue<bool>().ShouldBeTrue();
        (await SendAsync(HttpMethod.Post, Path + "/resume")).Node["setByOperator"]!.ToJsonString()
            .ShouldBe("""{"misfirePolicy":null,"overlapPolicy":"Queue","timeZone":"Asia/Seoul","isPaused":null}""");

        var reset = await SendAsync(HttpMethod.Put, Path + "/settings", "{}");

        reset.Node["timeZone"]!.GetValue<string>().ShouldBe("Europe/Berlin");
        reset.Node["nextDueAt"]!.GetValue<DateTimeOffset>().ShouldBe(new DateTimeOffset(2026, 3, 5, 2, 0, 0, TimeSpan.Zero));
    }

    [Fact]
    public async Task The_next_ticks_are_told_in_UTC_and_on_the_wall()
    {
        var next = (await SendAsync(HttpMethod.Get, Path + "/next?count=25")).Node;

        next["timeZone"]!.GetValue<string>().ShouldBe("Europe/Berlin");
        var moments = next["moments"]!.AsArray();
        moments.Count.ShouldBe(25);
        moments[^1]!["at"]!.GetValue<string>().ShouldBe("2026-03-29T01:00:00+00:00");
        moments[^1]!["local"]!.GetValue<string>().ShouldBe("2026-03-29T03:00:00+02:00");
        (await SendAsync(HttpMethod.Get, Path + "/next")).Node["moments"]!.AsArray().Count.ShouldBe(10);
    }

    [Fact]
    public async Task An_expression_is_tried_before_it_is_used()
    {
        var preview = await SendAsync(HttpMethod.Post, "/api/schedules/preview", """{"cronExpression":"30 2 * * *","timeZone":"America/New_York","count":5}""");

        preview.Node["moments"]![4]!["local"]!.GetValue<string>().ShouldBe("2026-03-08T03:30:00-04:00");
    }

    [Fact]
    public async Task It_fires_now_and_past_ticks_are_filled_in_once()
    {
        var now = await SendAsync(HttpMethod.Post, Path + "/trigger");
        now.Status.ShouldBe(202, now.Body);
        const string Range = """{"from":"2026-03-01","to":"2026-03-04T05:00:00Z","dryRun":DRY}""";

        var dry = (await SendAsync(HttpMethod.Post, Path + "/backfill", Range.Replace("DRY", "true"))).Node;
        var done = (await SendAsync(HttpMethod.Post, Path + "/backfill", Range.Replace("DRY", "false"))).Node;
        var again = (await SendAsync(HttpMethod.Post, Path + "/backfill", Range.Replace("DRY", "false"))).Node;

        dry["startedCount"]!.GetValue<int>().ShouldBe(4);
        done["startedCount"]!.GetValue<int>().ShouldBe(4);
        done["ticks"]![0]!["at"]!.GetValue<string>().ShouldBe("2026-03-01T02:00:00+00:00");
        again["startedCount"]!.GetValue<int>().ShouldBe(0);
        (await SendAsync(HttpMethod.Get, Path)).Node["firedCount"]!.GetValue<long>().ShouldBe(5);
    }

    [Theory]
    [InlineData("GET", "/api/schedules?take=0", null, 400, "WF4500")]
    [InlineData("GET", "/api/schedules/none%7Cc", null, 404, "WF4541")]
    [InlineData("GET", "/api/schedules/none", null, 404, "WF4541")]
    [InlineData("GET", "/api/schedules/none%7Cc/next", null, 404, "WF4541")]
    [InlineData("GET", Path + "/next?count=101", null, 400, "WF4500")]
    [InlineData("PUT", "/api/schedules/none%7Cc/settings", "{}", 404, "WF4541")]
    [InlineData("PUT", Path + "/settings", """{"timeZone":"Mars"}""", 400, "WF4540")]
    [InlineData("PUT", Path + "/settings", """{"timeZone":"../etc/passwd"}""", 400, "WF4540")]
    [InlineData("PUT", Path + "/settings", """{"timeZone":""}""", 400, "WF4540")]
    [InlineData("PUT", Path + "/settings", """{"misfirePolicy":"Never"}""", 400, "WF4540")]
    [InlineData("PUT", Path + "/settings", """{"colour":"blue"}""", 400, "WF4500")]
    [InlineData("POST", "/api/schedules/none%7Cc/pause", null, 404, "WF4541")]
    [InlineData("POST", "/api/schedules/none%7Cc/trigger", null, 404, "WF4541")]
    [InlineData("POST", "/api/schedules/preview", """{"cronExpression":"nonsense"}""", 400, "WF4542")]
    [InlineData("POST", "/api/schedules/preview", """{"cronExpression":"* * * * *","timeZone":"Mars"}""", 400, "WF4540")]
    [InlineData("POST", "/api/schedules/preview", """{"cronExpression":"* * * * *","count":101}""", 400, "WF4500")]
    [InlineData("POST", "/api/schedules/preview", "{}", 400, "WF4500")]
    [InlineData("POST", "/api/schedules/none%7Cc/backfill", """{"from":"2026-01-01","to":"2026-01-02"}""", 404, "WF4541")]
    [InlineData("POST", Path + "/backfill", """{"from":"2026-01-02","to":"2026-01-01"}""", 400, "WF4543")]
    [InlineData("POST", Path + "/backfill", """{"from":"2026-01-01","to":"2026-04-01"}""", 400, "WF4543")]
    [InlineData("POST", Path + "/backfill", """{"from":"2001-01-01","to":"2026-01-01"}""", 400, "WF4543")]
    [InlineData("POST", Path + "/backfill", """{"from":"soon","to":"2026-01-01"}""", 400, "WF4543")]
    public async Task What_cannot_be_done_is_refused_with_a_code(string method, string path, string? body, int status, string code)
    {
        var answer = await SendAsync(new HttpMethod(method), path, body);

        answer.Status.ShouldBe(status, answer.Body);
        answer.Node["code"]!.GetValue<string>().ShouldBe(code);
    }

    private async Task<(int Status, string Body, JsonNode Node)> SendAsync(HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body, System.Text.Encoding.UTF8, "application/json") };
        using var response = await _client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, text, JsonNode.Parse(text.Length == 0 ? "{}" : text)!);
    }
}

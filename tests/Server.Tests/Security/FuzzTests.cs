using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Server.Tests.Elsa;

namespace Platform.Server.Tests.Security;

/// <summary>
/// Thousands of requests that nobody should send, at every place where strangers or uploads come in: the server refuses them and never
/// fails, and keeps nothing of them in memory. The same seed gives the same requests; <c>FUZZ_SEED</c> gives others, <c>FUZZ_REQUESTS</c> more.
/// </summary>
public sealed class FuzzTests(ElsaServer server) : IClassFixture<ElsaServer>
{
    private const int RequestsDefault = 400;
    private const long KeptBytesMax = 64 * 1_048_576;

    private const string Endpoint = """
        {"definitionId":"fuzzed-endpoint","name":"Fuzzed endpoint","root":{"type":"Elsa.Sequence","version":1,"id":"s","activities":[
          {"type":"Elsa.HttpEndpoint","version":1,"id":"h","customProperties":{"canStartWorkflow":true},
           "path":{"typeName":"String","expression":{"type":"Literal","value":"fuzz/{id}"}},
           "supportedMethods":{"typeName":"String[]","expression":{"type":"Object","value":"[\"GET\",\"POST\",\"PUT\",\"DELETE\"]"}}},
          {"type":"Elsa.WriteHttpResponse","version":1,"id":"r","content":{"typeName":"Object","expression":{"type":"Literal","value":"ok"}}}]}}
        """;

    private static readonly string[] _words =
    [
        "null", "true", "-1", "1e999", "99999999999999999999", "0.1", "\"\"", "\"\\u0000\"", "\"\\ud800\"", "[]", "{}", "[[[[[[[[[[]]]]]]]]]]", "\"../../etc/passwd\"",
        "\"<script>\"", "\"{{x}}\"", "\"' OR 1=1 --\"", "\"2026-02-30T99:99:99Z\"", "\"한글\"", "{\"$type\":\"System.Object\"}", "{\"type\":\"Elsa.Sequence\"}", "NaN", ",", "}", "\"",
    ];

    private static readonly string[] _contentTypes =
    [
        "application/json", "application/json; charset=utf-16", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=x",
        "application/xml", "application/octet-stream", "nonsense", "application/json; charset=none",
    ];

    private static readonly string _document = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Scenarios", "Documents", "waiting.json")).Replace("ID", "fuzzed", StringComparison.Ordinal);

    public static TheoryData<string> Surfaces => ["import", "files", "save", "sign-in", "endpoint", "event link", "address", "own api", "credentials"];

    private static int Seed => int.TryParse(Environment.GetEnvironmentVariable("FUZZ_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : 20_260_305;

    private static int Requests => int.TryParse(Environment.GetEnvironmentVariable("FUZZ_REQUESTS"), CultureInfo.InvariantCulture, out var count) ? count : RequestsDefault;

    [Theory]
    [MemberData(nameof(Surfaces))]
    public async Task Whatever_is_sent_the_server_refuses_it_and_never_fails(string surface)
    {
        if (surface == "endpoint")
            await server.ImportAsync(Endpoint, publish: true);
        var random = new Random(Seed + surface.Length);
        var statuses = new SortedDictionary<int, int>();
        await server.GetAsync("/package/version");
        var before = GC.GetTotalMemory(forceFullCollection: true);

        for (var i = 0; i < Requests; i++)
        {
            using var request = Make(surface, random);
            var sent = $"seed {Seed}, '{surface}' {i}: {request.Method} {request.RequestUri} [{request.Content?.Headers.ToString().ReplaceLineEndings(" ")}] {(request.Content is null ? "" : Cut(Encoding.UTF8.GetString(await request.Content.ReadAsByteArrayAsync())))}";
            using var stranger = surface is "sign-in" or "event link" or "credentials" or "endpoint" ? server.CreateDefaultClient() : null;
            using var response = await (stranger ?? server.Client).SendAsync(request);
            var body = Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync());
            ((int)response.StatusCode).ShouldBeLessThan(500, $"{sent} answered {Cut(body)}");
            statuses[(int)response.StatusCode] = statuses.GetValueOrDefault((int)response.StatusCode) + 1;
        }

        (GC.GetTotalMemory(forceFullCollection: true) - before).ShouldBeLessThan(KeptBytesMax, "what is refused must not stay");
        statuses.Where(status => status.Key >= 400).Sum(status => status.Value).ShouldBeGreaterThan(Requests / 20, "requests must be bad for this to say anything");
        (await server.GetAsync("/package/version")).Status.ShouldBe(200);
    }

    private static HttpRequestMessage Make(string surface, Random random) => surface switch
    {
        "import" => Post("/elsa/api/workflow-definitions/import", Mutate(_document, random), random),
        "files" => Upload(random),
        "save" => Post("/elsa/api/workflow-definitions", Mutate($$"""{"model":{{_document}},"publish":{{(random.Next(4) == 0 ? "true" : "false")}}}""", random), random),
        "sign-in" => Post(
            Pick(["/api/session", "/elsa/api/identity/login", "/elsa/api/identity/refresh-token"], random),
            Mutate("""{"username":"admin","password":"no-such-password"}""", random), random),
        "endpoint" => ToEndpoint(random),
        "event link" => new HttpRequestMessage(random.Next(2) == 0 ? HttpMethod.Get : HttpMethod.Post, $"/elsa/api/events/trigger?t={Escape(Token(random))}"),
        "address" => new HttpRequestMessage(HttpMethod.Get, Address(random)),
        "own api" => ToOwnApi(random),
        _ => WithCredentials(random),
    };

    private static HttpRequestMessage Post(string path, string body, Random random)
    {
        var content = new ByteArrayContent(random.Next(10) == 0 ? Bytes(random) : Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", random.Next(10) == 0 ? Pick(_contentTypes, random) : "application/json");
        return new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
    }

    private static HttpRequestMessage Upload(Random random)
    {
        var path = Pick(["/elsa/api/workflow-definitions/import-files", "/elsa/api/bulk-actions/import/workflow-instances"], random);
        if (random.Next(4) == 0)
        {
            var raw = new ByteArrayContent(Encoding.UTF8.GetBytes("--x\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.json\"\r\n\r\n" + Mutate(_document, random) + "\r\n--x" + (random.Next(2) == 0 ? "--\r\n" : "")));
            raw.Headers.TryAddWithoutValidation("Content-Type", Pick(["multipart/form-data; boundary=x", "multipart/form-data; boundary=y", "multipart/form-data", "multipart/form-data; boundary=" + new string('x', 200)], random));
            return new HttpRequestMessage(HttpMethod.Post, path) { Content = raw };
        }

        var form = new MultipartFormDataContent();
        for (var i = random.Next(4); i >= 0; i--)
        {
            var content = random.Next(3) == 0 ? [0x50, 0x4B, 3, 4, .. Bytes(random)] : Encoding.UTF8.GetBytes(Mutate(_document, random));
            form.Add(new ByteArrayContent(content), Pick(["files", "file", "x"], random), Pick(["a.json", "a.zip", "..\\..\\a.json", "a", "한글.json", "con.zip"], random));
        }

        return new HttpRequestMessage(HttpMethod.Post, path) { Content = form };
    }

    private static HttpRequestMessage ToEndpoint(Random random)
    {
        var path = random.Next(3) == 0 ? "/workflows/" + Escape(Text(random)) : $"/workflows/fuzz/{Escape(Text(random))}?{Escape(Text(random))}={Escape(Text(random))}";
        var request = new HttpRequestMessage(new HttpMethod(Pick(["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"], random)), path);
        request.Headers.TryAddWithoutValidation(Pick(["X-Correlation-ID", "X-Workflow-Instance-ID", "Accept", "Range", "Cookie", "Accept-Encoding"], random), Line(random));
        if (request.Method.Method is "POST" or "PUT" or "PATCH")
        {
            request.Content = new ByteArrayContent(random.Next(3) == 0 ? Bytes(random) : Encoding.UTF8.GetBytes(Mutate("""{"order":{"id":1,"lines":[{"sku":"a","count":2}]}}""", random)));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", Pick(_contentTypes, random));
        }

        return request;
    }

    private static HttpRequestMessage ToOwnApi(Random random)
    {
        var id = random.Next(2) == 0 ? "fuzzed" : Escape(Text(random)).Replace("%2F", "x", StringComparison.Ordinal);
        var (method, path, body) = Pick(
        [
            ("POST", $"/api/definitions/{id}/runs", """{"input":{"a":1},"priority":1,"delay":"00:00:01","versionOptions":"Latest"}"""),
            ("PUT", $"/api/definitions/{id}/limits", """{"maxConcurrent":1,"rate":{"count":1,"per":"00:00:01"}}"""),
            ("POST", $"/api/instances/{id}/rerun", """{"fromActivityId":"a","input":{"x":[1,2]},"version":"latest"}"""),
            ("POST", "/api/bulk/preview", """{"action":"Cancel","filter":{"ids":["a"],"createdFrom":"2026-01-01T00:00:00Z"}}"""),
            ("POST", "/api/schedules/preview", """{"cronExpression":"0 8 * * *","timeZone":"UTC","count":2}"""),
            ("PUT", $"/api/retention/{id}", """{"finished":"1.00:00:00","max":3}"""),
            ("POST", "/elsa/api/alterations/run", """{"alterations":[{"type":"ModifyVariable","variableId":"v","value":1}],"workflowInstanceIds":["a"]}"""),
            ("POST", "/elsa/api/alterations/dry-run", """{"definitionIds":["a"],"timestampFilters":[{"column":"CreatedAt","operator":"Is","timestamp":"2026-01-01T00:00:00Z"}],"activityFilters":[{"activityId":"a"}]}"""),
            ("POST", "/elsa/api/workflow-instances", """{"page":0,"pageSize":1,"statuses":["Running"],"orderBy":"Created"}"""),
            ("POST", "/elsa/api/activity-executions/report", """{"workflowInstanceId":"a","activityNodeIds":["x",null]}"""),
            ("POST", "/elsa/api/labels/none", """{"name":"a","description":"b","color":"c"}"""),
            ("POST", $"/elsa/api/workflow-instances/{id}/journal", """{"filter":{"activityIds":["a"],"eventNames":["Faulted"]}}"""),
            ("POST", "/elsa/api/tests/activities", """{"workflowDefinitionHandle":{"definitionId":"x"},"activityHandle":{"activityId":"a"}}"""),
            ("POST", "/elsa/api/secrets/picker", """{"search":"a","typeNames":["text"],"activeOnly":true}"""),
        ], random);
        var request = Post(path, Mutate(body, random), random);
        request.Method = new HttpMethod(method);
        return request;
    }

    private static HttpRequestMessage WithCredentials(Random random)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, Pick(["/api/queue", "/elsa/api/workflow-definitions", "/metrics", "/elsa/hubs/workflow-instance?access_token=" + Escape(Text(random))], random));
        request.Headers.TryAddWithoutValidation(
            Pick(["Authorization", "X-Api-Key", "Cookie"], random),
            Pick(["ApiKey ", "Bearer ", "Basic ", "", "platform-session="], random) + (random.Next(2) == 0 ? Token(random) : Line(random)));
        return request;
    }

    private static string Address(Random random)
    {
        var path = Pick(
        [
            "/elsa/api/workflow-definitions", "/elsa/api/workflow-instances", "/elsa/api/secrets", "/elsa/api/labels", "/elsa/api/bookmark-queue/dead-letters", "/api/queue/items",
            "/api/audit", "/api/schedules", "/api/bulk", "/api/dead-letters", "/api/retention", "/api/storage/workflows", "/elsa/api/activity-executions/list", "/elsa/api/simulate-response",
        ], random);
        var names = new[] { "page", "pageSize", "skip", "take", "versionOptions", "orderBy", "orderDirection", "ids", "searchTerm", "statuses", "from", "before", "state", "due", "label", "outcome", "codes", "WorkflowInstanceId" };
        var query = Enumerable.Range(0, random.Next(1, 5)).Select(_ => $"{Pick(names, random)}={Escape(random.Next(2) == 0 ? Text(random) : random.Next(int.MinValue, int.MaxValue).ToString(CultureInfo.InvariantCulture))}");
        var address = random.Next(5) == 0 ? path + "/" + Escape(Text(random)) : path;
        // A simulated response may be a failure by request.
        return path.EndsWith("simulate-response", StringComparison.Ordinal) ? path + "?codes=" + Escape("[" + Text(random) + "]") : address + "?" + string.Join('&', query);
    }

    private static string Token(Random random) => Pick(
    [
        Convert.ToBase64String(Bytes(random)), $"{Convert.ToBase64String(Bytes(random)).TrimEnd('=')}.{new string('A', 43)}", "..", "a.b.c",
        $"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.{Convert.ToBase64String(Bytes(random)).TrimEnd('=')}.{new string('A', 43)}", "eyJhbGciOiJub25lIn0.e30.", new string('x', random.Next(10_000)),
    ], random);

    /// <summary>A text made wrong: a member replaced by something else, or its letters cut, doubled and changed.</summary>
    private static string Mutate(string json, Random random)
    {
        if (random.Next(2) == 0)
            return Replace(json, random);
        var text = new StringBuilder(json);
        for (var i = random.Next(1, 4); i > 0 && text.Length > 2; i--)
        {
            var at = random.Next(text.Length - 1);
            var length = Math.Min(random.Next(1, 30), text.Length - at);
            switch (random.Next(5))
            {
                case 0:
                    text.Remove(at, length);
                    break;
                case 1:
                    text.Insert(at, text.ToString(at, length));
                    break;
                case 2:
                    text.Insert(at, Pick(_words, random));
                    break;
                case 3:
                    text[at] = (char)random.Next(1, 0xD7FF);
                    break;
                default:
                    text.Insert(at, string.Concat(Enumerable.Repeat(Pick(["[", "{\"a\":", "\"x", " ", "9"], random), random.Next(1, 300))));
                    break;
            }
        }

        return text.ToString();
    }

    private static string Replace(string json, Random random)
    {
        var root = JsonNode.Parse(json)!;
        var holders = new List<JsonNode>();
        Collect(root, holders);
        var holder = holders[random.Next(holders.Count)];
        var value = () =>
        {
            try
            {
                return JsonNode.Parse(Pick(_words, random));
            }
            catch (JsonException)
            {
                return null;
            }
        };
        if (holder is JsonObject members && members.Count > 0)
            members[members.ElementAt(random.Next(members.Count)).Key] = value();
        else if (holder is JsonArray items)
            items.Add(value());
        try
        {
            return root.ToJsonString();
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair can be read and not be written.
            return json.Replace("old", "\\ud800", StringComparison.Ordinal);
        }
    }

    private static void Collect(JsonNode? node, List<JsonNode> holders)
    {
        if (node is JsonObject or JsonArray)
            holders.Add(node);
        foreach (var child in node switch { JsonObject members => members.Select(member => member.Value), JsonArray items => items, _ => [] })
            Collect(child, holders);
    }

    private static string Text(Random random) => random.Next(3) switch
    {
        0 => Pick(_words, random),
        1 => new string([.. Enumerable.Range(0, random.Next(1, 40)).Select(_ => (char)random.Next(1, 0xD7FF))]),
        _ => Pick(["1", "..", "../..", "%00", "%2e%2e", "a b", new string('a', 3_000), "-2147483648", "9223372036854775808", "fuzzed|c1", "null", "[]"], random),
    };

    private static string Line(Random random) => new([.. Text(random).Where(letter => letter is >= ' ' and < '\x7F')]);

    private static byte[] Bytes(Random random)
    {
        var bytes = new byte[random.Next(1, 2_000)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static string Escape(string text) => Uri.EscapeDataString(text);

    private static T Pick<T>(IReadOnlyList<T> choices, Random random) => choices[random.Next(choices.Count)];

    private static string Cut(string text) => text.Length > 1_500 ? text[..1_500] + "…" : text;
}

using System.Text;
using System.Text.Json.Nodes;

namespace Platform.Server.Tests.Elsa;

/// <summary>Whatever is sent, the answer says what is wrong and where, nothing is stored, and it is never a 500.</summary>
public sealed class BadInputTests(ElsaServer server) : IClassFixture<ElsaServer>
{
    public static TheoryData<string, string, string> BadDocuments => new()
    {
        { "{\"definitionId\":\"bad\",", "WF4000", "line 1" },
        { "[1]", "WF4003", "not a JSON object" },
        { "\"text\"", "WF4003", "not a JSON object" },
        { "{\"definitionId\":\"bad\",\"definitionId\":\"worse\"}", "WF4003", "not JSON" },
        { "{\"definitionId\":\"bad\",\"name\":\"\\ud800\"}", "WF4000", "surrogate" },
        { "{\"definitionId\":\"bad\",\"name\":5}", "WF4002", "$.name" },
        { "{\"definitionId\":\"b/ad\"}", "WF4007", "definitionId" },
        { "{\"definitionId\":\"bad\",\"root\":[]}", "WF4006", "$.root" },
        { Documents.Of("bad", "{\"id\":\"x\"}"), "WF1001", "needs a type" },
        { Documents.Of("bad", Flowchart(Documents.WriteLine("a"), Documents.WriteLine("a"))), "WF1002", "$.root.activities[1].id" },
        { Documents.Of("bad", $"{{\"type\":\"Elsa.If\",\"id\":\"i\",\"then\":{Documents.WriteLine("a")},\"else\":{Documents.WriteLine("a")}}}"), "WF1002", "$.root.else.id" },
        { Documents.Of("bad", "{\"type\":\"Elsa.NotFoundActivity\",\"id\":\"n\",\"originalActivityJson\":\"5\"}"), "WF1006", "originalActivityJson" },
        { Documents.Of("bad", "{\"type\":\"Elsa.NotFoundActivity\",\"id\":\"n\",\"originalActivityJson\":\"{\"}"), "WF1006", "originalActivityJson" },
        { Documents.Of("bad", Nested(70)), "WF4000", "128" },
        { Documents.Of("bad", Placeholder(40, 6)), "WF1005", "deep" },
        { "{\"definitionId\":\"bad\",\"inputs\":[{\"name\":\"A\",\"type\":\"String\"},{\"name\":\"A\",\"type\":\"String\"}]}", "WF1004", "$.inputs[1].name" },
    };

    [Theory]
    [MemberData(nameof(BadDocuments))]
    public async Task A_bad_document_is_refused_by_import_and_save_and_nothing_is_stored(string document, string code, string text)
    {
        (await server.PostAsync("/workflow-definitions/import", document)).ShouldBeInvalid(code, text);
        if (document[0] == '{' && code is not ("WF4000" or "WF4003"))
            (await server.PostAsync("/workflow-definitions", $"{{\"model\":{document},\"publish\":true}}")).ShouldBeInvalid(code, text);
        (await server.GetAsync("/workflow-definitions/by-definition-id/bad")).Status.ShouldBe(404);
    }

    [Theory]
    [InlineData("POST", "/workflow-definitions", "")]
    [InlineData("POST", "/workflow-definitions", "null")]
    [InlineData("POST", "/workflow-definitions", "{}")]
    [InlineData("POST", "/workflow-definitions", "{\"model\":[]}")]
    [InlineData("POST", "/workflow-definitions/import", "")]
    [InlineData("POST", "/bulk-actions/delete/workflow-definitions/by-definition-id", "{\"definitionIds\":5}")]
    [InlineData("POST", "/bulk-actions/publish/workflow-definitions/by-definition-ids", "{\"definitionIds\":[{}]}")]
    [InlineData("POST", "/workflow-instances", "{\"page\":-1,\"pageSize\":10}")]
    [InlineData("POST", "/workflow-instances", "{\"page\":0,\"pageSize\":0}")]
    [InlineData("POST", "/workflow-instances", "{\"page\":\"first\"}")]
    [InlineData("POST", "/workflow-instances", "{\"page\":0,\"pageSize\":1000000}")]
    [InlineData("POST", "/workflow-instances", "{\"statuses\":[\"Dreaming\"]}")]
    [InlineData("POST", "/workflow-instances", "{\"orderBy\":\"Colour\"}")]
    [InlineData("POST", "/workflow-instances", "{\"timestampFilters\":[{\"column\":\"CreatedAt\",\"operator\":\"Near\"}]}")]
    [InlineData("POST", "/workflow-instances", "{\"timestampFilters\":[{\"column\":\"CreatedAt\",\"operator\":\"Is\",\"timestamp\":\"soon\"}]}")]
    [InlineData("POST", "/workflow-instances/x/journal", "{\"filter\":[]}")]
    [InlineData("POST", "/activity-executions/report", "{}")]
    [InlineData("POST", "/bulk-actions/cancel/workflow-instances", "{\"definitionId\":\"x\"}")]
    [InlineData("POST", "/alterations/submit", "{}")]
    [InlineData("POST", "/alterations/submit", "{\"alterations\":[{\"type\":\"Migrate\"}]}")]
    [InlineData("POST", "/alterations/submit", "{\"alterations\":[{\"type\":\"Cancel\"}],\"filter\":{\"activityFilters\":[{}]}}")]
    [InlineData("POST", "/workflow-definitions/x/execute", "{\"versionOptions\":\"Sometimes\"}")]
    [InlineData("POST", "/workflow-definitions/x/execute", "{\"input\":[]}")]
    [InlineData("POST", "/workflow-definitions/x/bulk-dispatch", "{\"count\":-1}")]
    [InlineData("POST", "/workflow-definitions/import-files", "{}")]
    [InlineData("POST", "/bulk-actions/import/workflow-instances", "{}")]
    public async Task A_request_that_makes_no_sense_is_a_400(string method, string path, string body)
    {
        var answer = await server.SendAsync(HttpMethod.Parse(method), path, ElsaServer.Json(body));
        answer.Status.ShouldBe(400, answer.Text);
        answer.Node["errors"]!["generalErrors"]!.AsArray().ShouldNotBeEmpty();
        answer.Node["code"]!.GetValue<string>().ShouldStartWith("WF4");
    }

    [Fact]
    public async Task Text_that_is_not_UTF8_is_refused()
    {
        using var content = new ByteArrayContent([.. "{\"name\":\""u8, 0xC3, 0x28, .. "\"}"u8]);
        (await server.SendAsync(HttpMethod.Post, "/workflow-definitions/import", content)).ShouldBeInvalid("WF4000", "UTF-8");
    }

    [Theory]
    [InlineData("/workflow-definitions/import", true)]
    [InlineData("/workflow-definitions/import", false)]
    [InlineData("/workflow-definitions", false)]
    [InlineData("/workflow-instances", false)]
    public async Task A_huge_body_is_refused_before_it_is_read(string path, bool saysItsLength)
    {
        await using var body = new EndlessJson(saysItsLength ? 50_000_000 : null);
        using var content = new StreamContent(body, 65_536);
        content.Headers.ContentType = new("application/json");
        if (saysItsLength)
            content.Headers.ContentLength = 50_000_000;
        var answer = await server.SendAsync(HttpMethod.Post, path, content);
        answer.Status.ShouldBe(413, answer.Text);
        answer.Node["code"]!.GetValue<string>().ShouldBe("WF4001");
        answer.Node["detail"]!.GetValue<string>().ShouldContain("10 MiB");
        body.Given.ShouldBeLessThan(14_000_000);
    }

    [Fact]
    public async Task Two_workflows_cannot_have_the_same_path_but_drafts_can_be_kept()
    {
        var root = """
            {"type":"Elsa.HttpEndpoint","version":1,"id":"h","customProperties":{"canStartWorkflow":true},
             "path":{"typeName":"String","expression":{"type":"Literal","value":"Orders/New"}},
             "supportedMethods":{"typeName":"ICollection<String>","expression":{"type":"Object","value":"[\"POST\"]"}}}
            """;
        await server.ImportAsync(Documents.Of("path-a", root), publish: true);
        await server.ImportAsync(Documents.Of("path-b", root));
        (await server.PostAsync("/workflow-definitions/path-b/publish", "{}")).ShouldBeInvalid("WF2001", "are already in use by another workflow!");
        var bulk = await server.PostAsync("/bulk-actions/publish/workflow-definitions/by-definition-ids", """{"definitionIds":["path-b"]}""");
        bulk.Node["failed"]![0]!.GetValue<string>().ShouldBe("path-b");
        bulk.Node["warnings"]![0]!.GetValue<string>().ShouldContain("already in use");
    }

    [Fact]
    public async Task A_trigger_that_cannot_be_used_keeps_a_workflow_from_being_published()
    {
        var root = """{"type":"Elsa.Event","version":1,"id":"e","customProperties":{"canStartWorkflow":true},"eventName":{"typeName":"String","expression":{"type":"Literal","value":" "}}}""";
        await server.ImportAsync(Documents.Of("nameless", root));
        (await server.PostAsync("/workflow-definitions/nameless/publish", "{}")).ShouldBeInvalid("WF2002", "$.root");
        (await server.GetAsync("/workflow-definitions/by-definition-id/nameless")).Node["isPublished"]!.GetValue<bool>().ShouldBeFalse();
    }

    [Fact]
    public async Task A_cron_expression_that_cannot_be_read_keeps_a_workflow_from_being_published()
    {
        var root = """{"type":"Elsa.Cron","version":1,"id":"c","customProperties":{"canStartWorkflow":true},"cronExpression":{"typeName":"String","expression":{"type":"Literal","value":"nonsense"}}}""";
        var saved = await server.PostAsync("/workflow-definitions", $"{{\"model\":{Documents.Of("cron", root)},\"publish\":true}}");
        saved.ShouldBeInvalid("WF2002", "$.root");
        (await server.GetAsync("/workflow-definitions/by-definition-id/cron")).Status.ShouldBe(404);
    }

    /// <summary>Every value of a good document is replaced by values of other kinds, one at a time.</summary>
    [Theory]
    [InlineData("null")]
    [InlineData("5")]
    [InlineData("\"x\"")]
    [InlineData("true")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("[[null]]")]
    [InlineData("[{}]")]
    public async Task No_value_of_the_wrong_kind_breaks_the_server(string other)
    {
        var document = JsonNode.Parse(Documents.Order("fuzz", "fuzz-v1", "Fuzz"))!;
        document["root"]!["activities"]!.AsArray().Add(JsonNode.Parse("""
            {"type":"Elsa.Switch","id":"sw","cases":[{"label":"A","condition":{"type":"Literal","value":"True"},"activity":{"type":"Elsa.WriteLine","id":"c"}}],
             "mode":{"typeName":"SwitchMode","expression":{"type":"Literal","value":"MatchAny"}},"default":null}
            """));
        document["root"]!["activities"]!.AsArray().Add(JsonNode.Parse("""
            {"type":"Elsa.SetVariable","id":"sv","variable":{"id":"v1","name":"Variable1","typeName":"String"},"value":{"typeName":"Object","expression":{"type":"Object","value":"{}"}}}
            """));
        foreach (var path in Paths(document, []))
        {
            var changed = document.DeepClone();
            Replace(changed, path, JsonNode.Parse(other));
            var answer = await server.PostAsync("/workflow-definitions", new JsonObject { ["model"] = changed, ["publish"] = true }.ToJsonString());
            answer.Status.ShouldBeOneOf([200, 400, 403], $"{string.Join('.', path)} = {other}: {answer.Text}");
            if (answer.Status != 200)
                continue;
            var id = answer.Node["workflowDefinition"]!["definitionId"]!.GetValue<string>();
            var model = await server.GetAsync($"/workflow-definitions/by-definition-id/{Uri.EscapeDataString(id)}");
            model.Status.ShouldBe(200, $"{string.Join('.', path)} = {other}");
            (await server.GetAsync($"/workflow-definitions/{Uri.EscapeDataString(id)}/export")).Status.ShouldBe(200);
        }
    }

    private static IEnumerable<object[]> Paths(JsonNode? node, object[] path)
    {
        if (path.Length > 0)
            yield return path;
        IEnumerable<(object Step, JsonNode? Node)> children = node switch
        {
            JsonObject members => members.Select(member => ((object)member.Key, member.Value)),
            JsonArray items => items.Select((item, index) => ((object)index, item)),
            _ => [],
        };
        foreach (var (step, child) in children)
        {
            foreach (var inner in Paths(child, [.. path, step]))
                yield return inner;
        }
    }

    private static void Replace(JsonNode node, object[] path, JsonNode? value)
    {
        foreach (var step in path[..^1])
            node = step is int index ? node[index]! : node[(string)step]!;
        if (path[^1] is int last)
            node[last] = value;
        else
            node[(string)path[^1]] = value;
    }

    private static string Flowchart(params string[] activities) =>
        $"{{\"type\":\"Elsa.Flowchart\",\"id\":\"f\",\"activities\":[{string.Join(',', activities)}]}}";

    private static string Nested(int depth) =>
        Enumerable.Range(0, depth).Aggregate(Documents.WriteLine("w"), (inner, i) => $"{{\"type\":\"Elsa.Sequence\",\"id\":\"s{i}\",\"activities\":[{inner}]}}");

    /// <summary>Containers inside placeholders inside containers: each text is within the limits, all of them together are not.</summary>
    private static string Placeholder(int depth, int levels)
    {
        var inner = Documents.WriteLine("w");
        for (var level = 0; level < levels; level++)
        {
            inner = Enumerable.Range(0, depth).Aggregate(inner, (held, i) => $"{{\"type\":\"Elsa.Sequence\",\"id\":\"s{level}-{i}\",\"activities\":[{held}]}}");
            inner = $"{{\"type\":\"Elsa.NotFoundActivity\",\"id\":\"n{level}\",\"originalActivityJson\":{JsonValue.Create(inner).ToJsonString()}}}";
            if (inner.Length > 8_000_000)
                break;
        }

        return inner;
    }

    /// <summary>A JSON text that goes on and on, and counts how much of it was read.</summary>
    private sealed class EndlessJson(long? length) : Stream
    {
        private static readonly byte[] _start = Encoding.UTF8.GetBytes("{\"name\":\"");

        public long Given { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Flush()
        {
        }

        public override int ReadByte() => throw new NotSupportedException();

        public override int Read(byte[] buffer, int offset, int count)
        {
            count = (int)Math.Min(count, (length ?? 50_000_000) - Given);
            for (var i = 0; i < count; i++)
                buffer[offset + i] = Given + i < _start.Length ? _start[Given + i] : (byte)'x';
            Given += count;
            return count;
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}

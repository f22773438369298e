using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Platform.Server.Http;
using static Platform.Server.Tests.Http.Flow;

namespace Platform.Server.Tests.Http;

public sealed class FileResponseTests(FileResponseTests.Fixture fixture) : IClassFixture<FileResponseTests.Fixture>
{
    /// <summary>Every test has a workflow of its own on the same server.</summary>
    private readonly string _file = fixture.NextName();

    private HttpTestServer Server => fixture.Server;

    private Uri Service => fixture.Service.Address;

    private string Address => "/workflows/" + _file;

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    public async Task Nothing_is_no_content(string content)
    {
        var response = await GetAsync(("content", "JavaScript", content));
        response.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        response.Content.Headers.ContentDisposition.ShouldBeNull();
    }

    [Theory]
    [InlineData("'plain text'", "", "file.txt", "text/plain", "plain text")]
    [InlineData("['one text']", "", "file.txt", "text/plain", "one text")]
    [InlineData("bytesFromString('x,y')", "data.csv", "data.csv", "text/csv", "x,y")]
    [InlineData("bytesFromString('x')", "", "file.bin", "application/octet-stream", "x")]
    [InlineData("({a: 1})", "", "file.json", "application/json", """{"a":1}""")]
    [InlineData("'x'", "../../etc/pass\"wd", "passwd", "text/plain", "x")]
    public async Task One_file_is_sent_with_a_name_and_a_type(string content, string name, string expectedName, string type, string expected)
    {
        var response = await GetAsync(("content", "JavaScript", content), ("filename", "Literal", name));
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("attachment");
        response.Content.Headers.ContentDisposition.FileName!.Trim('"').ShouldBe(expectedName);
        response.Content.Headers.ContentType!.MediaType.ShouldBe(type);
        (await response.Content.ReadAsStringAsync()).ShouldBe(expected);
        response.Headers.AcceptRanges.ShouldBeEmpty();
    }

    [Fact]
    public async Task Several_files_are_one_archive_with_names_that_differ()
    {
        var response = await GetAsync(("content", "JavaScript", "['a', bytesFromString('b'), 'c']"), ("filename", "Literal", "all.zip"), ("entityTag", "Literal", "v1"));
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/zip");
        response.Content.Headers.ContentDisposition!.FileName.ShouldBe("all.zip");
        response.Headers.ETag!.Tag.ShouldBe("\"v1\"");
        using var archive = new ZipArchive(await response.Content.ReadAsStreamAsync());
        archive.Entries.Select(entry => entry.FullName).ShouldBe(["file.txt", "file.bin", "file (1).txt"]);
        using var reader = new StreamReader(archive.Entries[2].Open());
        (await reader.ReadToEndAsync()).ShouldBe("c");
    }

    [Theory]
    [InlineData("bytes=2-4", null, HttpStatusCode.PartialContent, "234", "bytes 2-4/10")]
    [InlineData("bytes=7-", null, HttpStatusCode.PartialContent, "789", "bytes 7-9/10")]
    [InlineData("bytes=-2", null, HttpStatusCode.PartialContent, "89", "bytes 8-9/10")]
    [InlineData("bytes=8-99", null, HttpStatusCode.PartialContent, "89", "bytes 8-9/10")]
    [InlineData("bytes=10-", null, HttpStatusCode.RequestedRangeNotSatisfiable, "", "bytes */10")]
    [InlineData("bytes=0-1,3-4", null, HttpStatusCode.OK, "0123456789", null)]
    [InlineData("bytes=2-4", "\"tag\"", HttpStatusCode.PartialContent, "234", "bytes 2-4/10")]
    [InlineData("bytes=2-4", "\"other\"", HttpStatusCode.OK, "0123456789", null)]
    public async Task A_download_that_can_be_resumed_gives_the_part_that_was_asked_for(string range, string? ifRange, HttpStatusCode status, string expected, string? contentRange)
    {
        await PublishAsync(("content", "Literal", "0123456789"), ("entityTag", "Literal", "tag"), ("enableResumableDownloads", "Literal", true));
        using var request = new HttpRequestMessage(HttpMethod.Get, Address) { Headers = { Range = RangeHeaderValue.Parse(range) } };
        if (ifRange is not null)
            request.Headers.IfRange = RangeConditionHeaderValue.Parse(ifRange);
        using var response = await Server.Client.SendAsync(request);
        response.StatusCode.ShouldBe(status);
        (await response.Content.ReadAsStringAsync()).ShouldBe(expected);
        response.Content.Headers.ContentRange?.ToString().ShouldBe(contentRange);
        response.Headers.ETag!.Tag.ShouldBe("\"tag\"");
        response.Headers.AcceptRanges.ShouldBe(["bytes"]);
    }

    [Theory]
    [InlineData("If-None-Match", "\"tag\"", HttpStatusCode.NotModified)]
    [InlineData("If-None-Match", "\"other\"", HttpStatusCode.OK)]
    [InlineData("If-Match", "\"other\"", HttpStatusCode.PreconditionFailed)]
    [InlineData("If-Match", "\"tag\"", HttpStatusCode.OK)]
    public async Task Conditions_are_kept(string header, string value, HttpStatusCode status)
    {
        await PublishAsync(("content", "Literal", "0123456789"), ("entityTag", "Literal", "tag"), ("enableResumableDownloads", "Literal", true));
        using var request = new HttpRequestMessage(HttpMethod.Get, Address) { Headers = { { header, value } } };
        (await Server.Client.SendAsync(request)).StatusCode.ShouldBe(status);
    }

    [Fact]
    public async Task Without_a_tag_it_is_that_of_the_content_and_archives_of_the_same_files_are_the_same()
    {
        await PublishAsync(("content", "JavaScript", "['a', 'b']"), ("enableResumableDownloads", "Literal", true));
        var first = await Server.Client.GetAsync(Address);
        Server.Clock.Advance(TimeSpan.FromHours(1));
        (await Server.Client.GetAsync(Address)).Headers.ETag.ShouldBe(first.Headers.ETag.ShouldNotBeNull());
    }

    [Fact]
    public async Task A_named_download_is_kept_so_that_its_rest_belongs_to_its_beginning()
    {
        await PublishAsync(
            ("content", "JavaScript", "newGuidString()"), ("enableResumableDownloads", "Literal", true), ("downloadCorrelationId", "JavaScript", "variables.query.id"));
        var whole = await Server.Client.GetStringAsync(Address + "?id=1");
        using var request = new HttpRequestMessage(HttpMethod.Get, Address + "?id=1") { Headers = { Range = RangeHeaderValue.Parse("bytes=10-") } };
        (await (await Server.Client.SendAsync(request)).Content.ReadAsStringAsync()).ShouldBe(whole[10..]);
        (await Server.Client.GetStringAsync(Address + "?id=2")).ShouldNotBe(whole);
        Server.Clock.Advance(TimeSpan.FromHours(1));
        (await Server.Client.GetStringAsync(Address + "?id=1")).ShouldNotBe(whole);
    }

    [Fact]
    public void Kept_downloads_are_bounded()
    {
        var kept = new KeptDownloads(new HttpOptions { KeptDownloadsBytesMax = 10 }, new ManualClock());
        kept.Keep("a", new FileContent(new byte[6], null, null, null));
        kept.Keep("huge", new FileContent(new byte[11], null, null, null));
        kept.Find("huge").ShouldBeNull();
        kept.Find("a").ShouldNotBeNull();
        kept.Keep("b", new FileContent(new byte[6], null, null, null));
        kept.Find("a").ShouldBeNull();
        kept.Find("b").ShouldNotBeNull();
    }

    [Theory]
    [InlineData("new Date(0)", "cannot be sent as a file")]
    [InlineData("'x'.repeat(20001)", "20000 bytes")]
    [InlineData("['x'.repeat(15000), 'x'.repeat(15000)]", "20000 bytes")]
    public async Task What_is_no_file_or_too_large_faults(string content, string message)
    {
        (await GetAsync(("content", "JavaScript", content))).StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        (await Server.LogAsync(_file)).ShouldContain(message);
    }

    [Fact]
    public async Task An_uploaded_file_and_a_file_behind_an_address_are_sent_on()
    {
        var endpoint = Endpoint(_file, """["POST"]""").Bind("file", "upload");
        await Server.PublishAsync(_file, Of(endpoint, Step(
            "write", "Elsa.WriteFileHttpResponse", ("content", "JavaScript", $"[variables.upload, '{new Uri(Service, "report.pdf")}']"))).Variables("upload"));
        using var form = new MultipartFormDataContent { { new ByteArrayContent([1, 2]), "f", "photo.png" } };
        using var response = await Server.Client.PostAsync(Address, form);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await Server.LogAsync(_file));
        using var archive = new ZipArchive(await response.Content.ReadAsStreamAsync());
        archive.Entries.Select(entry => entry.FullName).ShouldBe(["photo.png", "report.pdf"]);
    }

    [Theory]
    [InlineData("report.pdf", "200,Done", "report.pdf|application/pdf|\"tag-1\"|4")]
    [InlineData("named", "200,Done", "a b.txt|text/plain||5")]
    [InlineData("evil", "200,Done", "passwd|text/plain||1")]
    [InlineData("missing", "Unmatched status code,Done", "missing|text/plain||4")]
    [InlineData("empty", "200,Done", "nothing")]
    [InlineData("large", "Failed to connect", "nothing")]
    public async Task A_downloaded_file_has_a_name_a_type_and_the_outcomes_of_its_status(string path, string outcomes, string file)
    {
        var download = Step("get", "Elsa.DownloadHttpFile", ("url", "Literal", new Uri(Service, path).ToString()))
            .Bind("result", "file").Bind("responseContentBytes", "bytes");
        string[] ports = ["200", "Unmatched status code", "Failed to connect", "Timeout", "Done"];
        var steps = ports.Select((port, index) => Step("p" + index, "Elsa.SetVariable", ("value", "JavaScript", $"(variables.ended ? variables.ended + ',' : '') + '{port}'"))
            .With("variable", new JsonObject { ["id"] = "ended", ["name"] = "ended" })).ToArray();
        var tell = Step(
            "tell", "Elsa.WriteHttpResponse", ("content", "JavaScript", "variables.ended + ' ' + (variables.file ? `${variables.file.filename}|${variables.file.contentType}|${variables.file.eTag ?? ''}|${variables.bytes.length}` : 'nothing')"));
        await Server.PublishAsync(_file, Chart(
            [Endpoint(_file), download, .. steps, tell],
            ["endpoint -> get", .. ports.Select((port, index) => $"get:{port} -> p{index}"), .. ports.Select((_, index) => $"p{index} -> tell")]).Variables("file", "bytes", "ended"));
        (await Server.Client.GetStringAsync(Address)).ShouldBe($"{outcomes} {file}");
    }

    [Theory]
    [InlineData("Elsa.DownloadHttpFile", "url")]
    [InlineData("Elsa.WriteFileHttpResponse", "content")]
    public async Task Addresses_inside_stay_closed(string type, string input)
    {
        using var service = await TestService.StartAsync(AnswerAsync);
        await using var server = HttpTestServer.Start();
        await server.PublishAsync(_file, Of(Endpoint(_file), Step("s", type, (input, "Literal", new Uri(service.Address, "secret").ToString()))));
        (await server.Client.GetAsync(Address)).StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        (await server.LogAsync(_file)).ShouldContain("WF4101");
        service.Requests.ShouldBe(0);
    }

    private async Task<HttpResponseMessage> GetAsync(params (string, string, JsonNode?)[] inputs)
    {
        await PublishAsync(inputs);
        return await Server.Client.GetAsync(Address);
    }

    private Task PublishAsync(params (string, string, JsonNode?)[] inputs) => Server.PublishAsync(_file, Of(
        Endpoint(_file).Bind("queryStringData", "query"), Step("write", "Elsa.WriteFileHttpResponse", inputs)).Variables("query"));

    private static Task AnswerAsync(HttpContext context)
    {
        var (status, type, name, body) = context.Request.Path.Value switch
        {
            "/report.pdf" => (200, "application/pdf", null, "%PDF"),
            "/named" => (200, "text/plain", "attachment; filename*=UTF-8''a%20b.txt", "named"),
            "/evil" => (200, "text/plain", "attachment; filename=\"../../etc/passwd\"", "x"),
            "/missing" => (404, "text/plain", null, "none"),
            "/large" => (200, "text/plain", null, new string('x', 20_001)),
            _ => (200, "text/plain", null, ""),
        };
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        if (name is not null)
            context.Response.Headers.ContentDisposition = name;
        if (type == "application/pdf")
            context.Response.Headers.ETag = "\"tag-1\"";
        return context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body)).AsTask();
    }

    public sealed class Fixture : IAsyncLifetime
    {
        private int _names;

        internal HttpTestServer Server { get; } = HttpTestServer.Start(("Http:AllowLoopback", "true"), ("Http:ResponseBodyBytesMax", "20000"));

        internal TestService Service { get; private set; } = null!;

        public string NextName() => $"file{Interlocked.Increment(ref _names)}";

        public async Task InitializeAsync() => Service = await TestService.StartAsync(AnswerAsync);

        public async Task DisposeAsync()
        {
            Service.Dispose();
            await Server.DisposeAsync();
        }
    }
}

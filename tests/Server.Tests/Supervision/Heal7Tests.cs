using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Platform.Heal7;
using Platform.Server.Supervision;

namespace Platform.Server.Tests.Supervision;

/// <summary>The five services of the sample: their jobs, and their life under the supervision that their services.yaml describes.</summary>
public sealed class Heal7Tests
{
    [Theory]
    [InlineData("1990-05-15T14:30:00+09:00", "庚午 辛巳 庚辰 癸未")]
    [InlineData("2000-01-01T12:00:00+09:00", "己卯 丙子 戊午 戊午")]
    // The year began on 4 February 2000 at 21:40, and on 4 February 2024 at 17:27, in Korea.
    [InlineData("2000-02-04T21:00:00+09:00", "己卯 丁丑 壬辰 辛亥")]
    [InlineData("2000-02-04T22:20:00+09:00", "庚辰 戊寅 壬辰 辛亥")]
    [InlineData("2024-02-04T16:50:00+09:00", "癸卯 乙丑 戊戌 庚申")]
    [InlineData("2024-02-04T18:00:00+09:00", "甲辰 丙寅 戊戌 辛酉")]
    // The day begins at 23 o'clock.
    [InlineData("2024-02-10T22:59:00+09:00", "甲辰 丙寅 甲辰 乙亥")]
    [InlineData("2024-02-10T23:00:00+09:00", "甲辰 丙寅 乙巳 丙子")]
    public void The_four_pillars_of_a_birth_are_those_of_the_almanac(string at, string expected)
    {
        var pillars = FourPillars.Of(DateTimeOffset.Parse(at, CultureInfo.InvariantCulture));

        $"{pillars.Year.Hanja} {pillars.Month.Hanja} {pillars.Day.Hanja} {pillars.Hour.Hanja}".ShouldBe(expected);
    }

    [Fact]
    public void Paperwork_extracts_text_and_fields_and_fills_templates()
    {
        var text = Paperwork.TextOf("<html><style>p{}</style><p>Name:  Kim &amp; Co</p><div>Total: 12</div><script>x()</script>");

        text.ShouldBe("Name: Kim & Co\nTotal: 12");
        Paperwork.FieldsOf(text).ShouldBe(new Dictionary<string, string> { ["Name"] = "Kim & Co", ["Total"] = "12" }, ignoreOrder: true);
        var (filled, missing) = Paperwork.Fill("Dear {{ NAME }}, {{total}} {{date}}", Paperwork.FieldsOf(text));
        (filled, missing.ShouldHaveSingleItem()).ShouldBe(("Dear Kim & Co, 12 {{date}}", "date"));
    }

    [Fact]
    public void The_test_service_tells_all_that_is_wrong_with_a_result()
    {
        var data = JsonSerializer.SerializeToElement(new { person = new { age = 7 }, state = "open" });

        Validation.Check(data, [new Rule("person.age", Type: "number", Min: 8), new Rule("person.name"), new Rule("state", OneOf: ["closed"]), new Rule("nothing", Required: false)])
            .ShouldBe(["'person.age' is 7, less than 8.", "'person.name' is missing.", "'state' is 'open', none of: closed."]);
        Validation.Check(data, [new Rule("person.age", Max: 8), new Rule("state", Pattern: "^o")]).ShouldBeEmpty();
    }

    [Fact]
    public void Crawling_extracts_title_text_and_whole_links()
    {
        var (title, text, links) = Crawler.Extract(new Uri("http://x/a/b"), "<title>A &lt; B</title><p>Hello</p><a href='c?d=1&amp;e'>1</a><a href=\"/f#g\">2</a><a href='mailto:x@y'>3</a>");

        (title, text).ShouldBe(("A < B", "Hello\n123"));
        links.ShouldBe(["http://x/a/c?d=1&e", "http://x/f"]);
    }

    [Fact]
    public void Monitoring_tells_what_the_measured_values_come_to()
    {
        var measurements = new Measurements(TimeProvider.System);
        foreach (var value in Enumerable.Range(1, 100))
            measurements.Add(new Sample("latency", value)).ShouldBeNull();

        measurements.Add(new Sample("", 1)).ShouldNotBeNull();
        measurements.Summaries["latency"].ShouldBe(new Summary(100, 1, 100, 50.5, 95));
    }

    [Fact]
    public async Task The_platform_starts_all_five_they_do_their_jobs_and_one_that_flaps_is_quarantined()
    {
        var ports = Heal7App.Ports.Keys.ToDictionary(name => name, _ => FreePort());
        var settings = new List<(string, string)> { ("Orchestration:ServicesFile", Path.Combine(Root(), "samples/Heal7/services.yaml")) };
        foreach (var (name, port) in ports)
        {
            settings.Add(($"Services:{name}-service:BaseAddress", $"http://127.0.0.1:{port}"));
            settings.Add(($"Services:{name}-service:Process:Arguments:0", typeof(Heal7App).Assembly.Location));
            settings.Add(($"Services:{name}-service:Process:Arguments:5", "--port"));
            settings.Add(($"Services:{name}-service:Process:Arguments:6", port.ToString(CultureInfo.InvariantCulture)));
            settings.Add(($"Services:{name}-service:Process:StartsWithServer", "false"));
            settings.Add(($"Services:{name}-service:Process:StartTimeout", "00:05:00"));
            settings.Add(($"Services:{name}-service:Process:Restart:InitialDelay", "00:00:00"));
            settings.Add(($"Services:{name}-service:Process:Restart:MaxRestarts", "2"));
        }

        await using var server = SupervisedServer.Start([.. settings]);
        var started = await (await server.Client.PostAsync("/orchestration/start-all", null)).JsonAsync();
        started["started"]!.AsArray().Count.ShouldBe(5, started.ToJsonString());
        using var client = new HttpClient();

        (await client.GetStringAsync($"{At("saju")}/pillars?at=1990-05-15T14:30:00%2B09:00")).ShouldContain("Hangul", Case.Insensitive);
        var crawled = await (await client.PostAsJsonAsync($"{At("crawling")}/crawl", new { url = $"{At("crawling")}/pages/1" })).JsonAsync();
        crawled["title"]!.GetValue<string>().ShouldBe("Page 1");
        (await client.PostAsJsonAsync($"{At("crawling")}/crawl", new { url = "http://192.0.2.1/" })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await client.GetStringAsync($"{At("ai-monitoring")}/metrics")).ShouldContain("memoryBytes");

        await client.PostAsJsonAsync($"{At("test")}/faults", new { kind = "error" });
        (await client.PostAsJsonAsync($"{At("test")}/validate", new { data = new { }, rules = Array.Empty<object>() })).StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        await client.DeleteAsync($"{At("test")}/faults");
        (await client.PostAsJsonAsync($"{At("test")}/validate", new { data = new { }, rules = Array.Empty<object>() })).StatusCode.ShouldBe(HttpStatusCode.OK);

        await client.PostAsJsonAsync($"{At("paperwork")}/faults", new { kind = "flap" });
        var flapped = await server.UntilAsync("paperwork-service", now => now.State == ProcessState.Quarantined);
        flapped.LastError!.ShouldContain("The fault 'flap' ends this process as soon as it has begun.");
        (await (await server.Client.PostAsync("/orchestration/stop-all", null)).JsonAsync())["stopped"]!.AsArray().Count.ShouldBe(5);

        string At(string name) => $"http://127.0.0.1:{ports[name]}";
    }

    [Fact]
    public async Task Processes_of_a_services_file_work_in_its_folder()
    {
        var folder = Directory.CreateTempSubdirectory("platform-services-");
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "services.yaml"), """
            services:
              here: { baseAddress: "http://127.0.0.1:9", process: { executable: sh, arguments: [-c, "pwd; exec sleep 1000"], ready: Started } }
              below: { baseAddress: "http://127.0.0.1:9", process: { executable: sh, arguments: [-c, "pwd; exec sleep 1000"], ready: Started, workingDirectory: below } }
            """);
        folder.CreateSubdirectory("below");
        await using (var server = SupervisedServer.Start(("Orchestration:ServicesFile", Path.Combine(folder.FullName, "services.yaml"))))
        {
            (await server.LineAsync("here", folder.Name)).ShouldBe(folder.FullName);
            (await server.LineAsync("below", folder.Name)).ShouldBe(Path.Combine(folder.FullName, "below"));
        }

        folder.Delete(recursive: true);
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Platform.sln")))
            folder = folder.Parent;
        return folder.FullName;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

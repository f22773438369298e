using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Platform.Server.Tests.Elsa;
using Platform.Server.Tests.OpenApi;

namespace Platform.Server.Tests.Scenarios;

/// <summary>Runs the scenarios of this folder against the real server.</summary>
public sealed partial class ScenarioTests(ElsaServer server) : IClassFixture<ElsaServer>
{
    private static DescribedAnswers? _described;

    public static TheoryData<string> Names => [.. Scenario.All.Select(scenario => scenario.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_api_answers_as_the_scenario_says(string name)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var step in Scenario.All.Single(scenario => scenario.Name == name).Steps)
            await RunAsync(step, values);
    }

    [Fact]
    public void There_are_scenarios_and_their_names_differ()
    {
        Scenario.All.Count.ShouldBeGreaterThan(20);
        Scenario.All.Select(scenario => scenario.Name).ShouldBeUnique();
        Scenario.All.SelectMany(scenario => scenario.Steps).ShouldAllBe(step => step.Statuses.Count > 0, "a step says which status is right");
    }

    private async Task RunAsync(Step step, Dictionary<string, string> values)
    {
        using var request = new HttpRequestMessage(new HttpMethod(step.Method), Fill(step.Path, values));
        request.Content = ContentOf(step, values);
        foreach (var (header, value) in step.Headers.Where(header => header.Name is not ("Upload" or "Content-Type")))
            request.Headers.TryAddWithoutValidation(header, Fill(value, values));
        using var stranger = step.IsNobodys ? server.CreateDefaultClient() : null;
        using var response = await (stranger ?? server.Client).SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        var shown = $"{step.Place}: {step.Method} {request.RequestUri} answered {(int)response.StatusCode}: {(text.Length > 2_000 ? text[..2_000] : text)}";
        step.Statuses.ShouldContain((int)response.StatusCode, shown);
        foreach (var expected in step.Contained)
            text.ShouldContain(Fill(expected, values), Case.Sensitive, shown);
        foreach (var unexpected in step.NotContained)
            text.ShouldNotContain(Fill(unexpected, values), Case.Sensitive, shown);
        foreach (var (header, expected) in step.AnswerHeaders)
            string.Join(", ", response.Headers.Concat(response.Content.Headers).Where(one => one.Key.Equals(header, StringComparison.OrdinalIgnoreCase)).SelectMany(one => one.Value)).ShouldContain(Fill(expected, values), Case.Insensitive, shown);
        if ((int)response.StatusCode >= 400 && !step.AnswerHeaders.Exists(header => header.Name == "Content-Type"))
            response.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json", shown);
        await ShouldBeDescribedAsync(step, request, (int)response.StatusCode, response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) == true ? text : null, shown);
        foreach (var (name, path) in step.Kept)
            values[name] = Find(JsonNode.Parse(text), path)?.ToString() ?? throw new FormatException($"There is no '{path}'. {shown}");
    }

    /// <summary>What our own API answers is what its description says.</summary>
    private async Task ShouldBeDescribedAsync(Step step, HttpRequestMessage request, int status, string? answered, string shown)
    {
        var path = request.RequestUri!.ToString().Split('?')[0];
        if (!path.StartsWith("/api/", StringComparison.Ordinal) || path == "/api/openapi.json")
            return;
        _described ??= new DescribedAnswers(JsonNode.Parse(await server.Client.GetStringAsync(new Uri("/api/openapi.json", UriKind.Relative)))!);
        var sent = request.Content is StringContent && step.Succeeds ? await request.Content.ReadAsStringAsync() : null;
        _described.Differences(step.Method, path, sent, status, answered).ShouldBeEmpty(shown);
    }

    private static HttpContent? ContentOf(Step step, Dictionary<string, string> values)
    {
        if (step.Body.Count == 0)
            return null;
        var body = Fill(string.Join('\n', step.Body), values);
        if (step.Headers.Find(header => header.Name == "Upload").Value is { } file)
            return new MultipartFormDataContent { { new ByteArrayContent(Encoding.UTF8.GetBytes(body)), "files", file } };
        var content = new StringContent(body, Encoding.UTF8);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(step.Headers.Find(header => header.Name == "Content-Type").Value ?? "application/json; charset=utf-8");
        return content;
    }

    private static string Fill(string text, Dictionary<string, string> values) => Placeholder().Replace(text, match =>
        match.Groups["id"] is { Success: true } id
            ? File.ReadAllText(Path.Combine(Scenario.Folder, "Documents", match.Groups["name"].Value + ".json")).Replace("ID", id.Value, StringComparison.Ordinal)
            : values.GetValueOrDefault(match.Groups["name"].Value) ?? throw new FormatException($"Nothing is kept as '{match.Value}'."));

    private static JsonNode? Find(JsonNode? node, string path)
    {
        foreach (var part in path.Split('.'))
            node = int.TryParse(part, out var index) && node is JsonArray items ? items.ElementAtOrDefault(index) : node?[part];
        return node;
    }

    [GeneratedRegex(@"\{\{(?<name>[a-z][A-Za-z0-9]*)(:(?<id>[A-Za-z0-9-]+))?\}\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Placeholder();
}

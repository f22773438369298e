using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Platform.Runtime.Store;
using Platform.Server.OpenApi;
using Platform.Server.Security;

namespace Platform.Server.Tests.OpenApi;

/// <summary>The description of our API: complete, true, and the same as the committed file.</summary>
public sealed partial class OpenApiTests(DescribedServer described) : IClassFixture<DescribedServer>
{
    private const string Renew = "Renew docs/openapi.json: UPDATE_OPENAPI=1 dotnet test tests/Server.Tests --filter FullyQualifiedName~OpenApiTests, and commit it.";
    private readonly TestServer _server = described.Server;

    private static string Root { get; } = FindRoot();

    [Fact]
    public async Task The_committed_document_is_the_one_that_the_server_gives()
    {
        using var client = _server.WithApiKey();
        var answer = await client.GetAsync("/api/openapi.json");
        var given = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, string.Join('\n', _server.Logged.ToString().Split('\n').SkipWhile(logged => !logged.Contains("openapi.json", StringComparison.Ordinal)).Take(20)));
        var path = Path.Combine(Root, "docs", "openapi.json");
        if (Environment.GetEnvironmentVariable("UPDATE_OPENAPI") == "1")
            await File.WriteAllTextAsync(path, given);

        var committed = File.Exists(path) ? await File.ReadAllTextAsync(path) : "";

        var (ours, theirs) = (committed.ReplaceLineEndings("\n").Split('\n'), given.Split('\n'));
        var line = ours.Zip(theirs).TakeWhile(pair => pair.First == pair.Second).Count();
        (line == ours.Length && line == theirs.Length).ShouldBeTrue(
            $"They differ from line {line + 1} on: the file has '{ours.ElementAtOrDefault(line)?.Trim()}', the server '{theirs.ElementAtOrDefault(line)?.Trim()}'. {Renew}");
    }

    [Fact]
    public async Task Every_route_is_described_completely()
    {
        var document = await ReadAsync();
        var gaps = new List<string>();
        foreach (var (path, method, operation) in Operations(document))
        {
            var name = $"{method.ToUpperInvariant()} {path}";
            if (operation["summary"]?.GetValue<string>() is not { Length: > 10 } summary || !summary.EndsWith('.'))
                gaps.Add($"{name} says not what it does: add .WithSummary(\"A sentence.\")");
            if (operation["tags"]![0]!.GetValue<string>().Length == 0)
                gaps.Add($"{name} is in no group: add .WithTags(\"...\") to its MapGroup");
            foreach (var parameter in operation["parameters"]?.AsArray() ?? [])
            {
                if (parameter!["description"] is null)
                    gaps.Add($"{name} says not what '{parameter["name"]}' is: add .Takes(\"{parameter["name"]}\", \"A sentence.\")");
            }

            // The one route that leads a browser elsewhere answers with that; all others answer with what they did.
            var success = name == "GET /api/session/oidc" ? '3' : '2';
            if (!operation["responses"]!.AsObject().Any(response => response.Key.StartsWith(success)))
                gaps.Add($"{name} says not what it answers: add .Produces<TRecord>() or .Produces(StatusCodes.Status204NoContent)");
            if (method is "put" or "patch" && operation["requestBody"] is null)
                gaps.Add($"{name} says not what it reads: add .Reads<TRecord>()");
        }

        gaps.ShouldBeEmpty("each where the route is mapped, in src/Server");
        Operations(document).Count().ShouldBeGreaterThan(40);
    }

    [Fact]
    public async Task What_the_document_refers_to_is_in_it_and_names_are_given_once()
    {
        var document = await ReadAsync();

        foreach (Match reference in Reference().Matches(document.ToJsonString()))
            document["components"]![reference.Groups["kind"].Value]![reference.Groups["name"].Value].ShouldNotBeNull(reference.Value);
        Operations(document).Select(operation => operation.Operation["operationId"]!.GetValue<string>()).ShouldBeUnique();
        document["openapi"]!.GetValue<string>().ShouldStartWith("3.1.");
        foreach (var (path, _, operation) in Operations(document))
        {
            var inPath = (operation["parameters"]?.AsArray() ?? []).Where(parameter => parameter!["in"]!.GetValue<string>() == "path").Select(parameter => parameter!["name"]!.GetValue<string>());
            inPath.ShouldBe(PathParameter().Matches(path).Select(match => match.Groups["name"].Value), path);
        }
    }

    [Fact]
    public async Task Every_code_that_the_document_names_is_explained()
    {
        var errors = await File.ReadAllTextAsync(Path.Combine(Root, "docs", "errors.md"));
        var document = await ReadAsync();
        var codes = document["components"]!["responses"]!.AsObject().SelectMany(response => response.Value!["x-codes"]!.AsArray()).Select(code => code!.GetValue<string>()).Distinct().ToList();

        codes.ShouldAllBe(code => errors.Contains($"## {code} ", StringComparison.Ordinal));
        codes.Count.ShouldBeGreaterThan(20);
    }

    [Fact]
    public async Task The_permissions_of_the_document_are_those_of_the_routes()
    {
        var document = await ReadAsync();
        foreach (var operation in OpenApiDocument.OperationsOf(_server.Services.GetRequiredService<EndpointDataSource>().Endpoints, "/api"))
        {
            var described = document["paths"]![operation.Path]![operation.Method.ToLowerInvariant()]!;
            var needed = operation.IsAnonymous ? [] : operation.Endpoint.Metadata.GetMetadata<PermissionMetadata>()!.AnyOf;
            (described["x-permissions"]?.AsArray() ?? []).Select(permission => permission!.GetValue<string>()).ShouldBe(needed, operation.Path);
            described["security"]!.AsArray().Count.ShouldBe(operation.IsAnonymous ? 0 : 3, operation.Path);
        }
    }

    [Fact]
    public async Task The_description_is_for_whoever_is_signed_in_and_for_nobody_else()
    {
        await AddKeyAsync("a-key-that-may-nothing");
        foreach (var path in new[] { "/api/openapi.json", "/api/docs" })
        {
            await (await _server.Anonymous().GetAsync(path)).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "WF4501");
            (await _server.WithApiKey("a-key-that-may-nothing").GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task The_page_for_people_loads_files_of_this_server_alone_and_runs_nothing_inline()
    {
        using var client = _server.WithApiKey();
        var page = await client.GetAsync("/api/docs");
        var html = await page.Content.ReadAsStringAsync();

        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        policy.ShouldContain("script-src 'self';");
        policy.ShouldNotContain("http");
        policy.ShouldNotContain("unsafe-eval");
        InlineScript().IsMatch(html).ShouldBeFalse(html);
        var files = Address().Matches(html).Select(match => match.Groups["address"].Value).ToList();
        files.Count.ShouldBeGreaterThan(4);
        foreach (var file in files)
        {
            file.ShouldStartWith("/");
            (await client.GetAsync(file)).StatusCode.ShouldBe(HttpStatusCode.OK, file);
        }
    }

    private static IEnumerable<(string Path, string Method, JsonObject Operation)> Operations(JsonNode document) =>
        document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(operation => (path.Key, operation.Key, operation.Value!.AsObject())));

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Platform.sln")))
            directory = directory.Parent;
        return directory?.FullName ?? throw new DirectoryNotFoundException("Platform.sln is in no folder above the tests.");
    }

    private async Task<JsonNode> ReadAsync()
    {
        using var client = _server.WithApiKey();
        return await (await client.GetAsync("/api/openapi.json")).JsonAsync();
    }

    private async Task AddKeyAsync(string key)
    {
        using var started = _server.Anonymous();
        var stored = new StoredDocument(ApiKeys.Kind, ApiKeys.IdOf(key), JsonSerializer.Serialize(new ApiKeyDocument(key, []), SecurityJson.Default.ApiKeyDocument));
        await _server.Services.GetRequiredService<IWorkflowStore>().CommitAsync(new Commit { Documents = [stored] }, CancellationToken.None);
    }

    [GeneratedRegex("\"#/components/(?<kind>[a-z]+)/(?<name>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Reference();

    [GeneratedRegex(@"\{(?<name>[^}]+)\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PathParameter();

    [GeneratedRegex("<script(?![^>]* src=)|javascript:| on[a-z]+=|<style", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex InlineScript();

    [GeneratedRegex("(?:href|src|data-document)=\"(?<address>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Address();
}

/// <summary>A server with the files of the web UI, which lie beside the server and not beside its tests.</summary>
public sealed class DescribedServer : IDisposable
{
    internal TestServer Server { get; } = new(new()
    {
        ["Storage:Kind"] = "Memory",
        ["Security:BootstrapPassword"] = TestServer.Password,
        ["Security:BootstrapApiKey"] = TestServer.ApiKey,
        ["Studio:Directory"] = Path.Combine(AppContext.BaseDirectory.Replace(Path.Combine("tests", "Server.Tests"), Path.Combine("src", "Server"), StringComparison.Ordinal), "studio"),
    });

    public void Dispose() => Server.Dispose();
}

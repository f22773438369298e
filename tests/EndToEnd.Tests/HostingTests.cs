using System.Net;
using System.Text.RegularExpressions;

namespace Platform.EndToEnd.Tests;

/// <summary>How the files of the web UI are served, asked without a browser.</summary>
[Collection(Studio.Name)]
public sealed partial class HostingTests : IDisposable
{
    readonly HttpClient client;

    public HostingTests(Studio.Fixture studio) =>
        client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.None }) { BaseAddress = new Uri(studio.Server.Address) };

    public void Dispose() => client.Dispose();

    [Theory]
    [InlineData("/", "/studio/")]
    [InlineData("/studio", "/studio/")]
    [InlineData("/workflows/definitions/a%20b/edit", "/studio/definitions/a%20b")]
    [InlineData("/workflows/instances/x1/view", "/studio/instances/x1")]
    public async Task Old_and_short_addresses_lead_to_the_pages(string path, string target)
    {
        using var response = await GetAsync(path, accept: "text/html");
        response.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        response.Headers.Location?.OriginalString.ShouldBe(target);
    }

    [Fact]
    public async Task The_page_may_load_nothing_from_another_host_and_evaluate_nothing()
    {
        using var response = await GetAsync("/studio/definitions/some.thing", accept: "text/html");
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType?.MediaType.ShouldBe("text/html");
        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        policy.ShouldContain("default-src 'self'");
        policy.ShouldContain("frame-ancestors 'none'");
        policy.ShouldNotContain("'unsafe-eval'");
        policy.ShouldNotContain("http");
        response.Headers.GetValues("X-Content-Type-Options").Single().ShouldBe("nosniff");
        response.Headers.CacheControl?.NoCache.ShouldBeTrue();
        var html = await response.Content.ReadAsStringAsync();
        html.ShouldContain("<base href=\"/studio/\">");
        html.ShouldNotContain("{{");
        ForeignAddress().IsMatch(html).ShouldBeFalse();
    }

    [Fact]
    public async Task Every_file_that_the_page_names_is_there()
    {
        using var page = await GetAsync("/studio/", accept: "text/html");
        var names = Reference().Matches(await page.Content.ReadAsStringAsync()).Select(match => match.Groups["name"].Value).Distinct().ToList();
        names.Count.ShouldBeGreaterThan(15);
        foreach (var name in names)
        {
            using var response = await GetAsync("/studio/" + name);
            response.StatusCode.ShouldBe(HttpStatusCode.OK, name);
        }
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    [InlineData(null)]
    public async Task Files_go_out_as_they_were_compressed_beforehand(string? encoding)
    {
        using var response = await GetAsync("/studio/_framework/dotnet.js", encoding: encoding);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentEncoding.ShouldBe(encoding is null ? [] : [encoding]);
        response.Content.Headers.ContentType?.MediaType.ShouldBe("text/javascript");
        response.Headers.Vary.ShouldContain("Accept-Encoding");
        response.Headers.CacheControl?.NoCache.ShouldBeTrue();

        using var again = new HttpRequestMessage(HttpMethod.Get, "/studio/_framework/dotnet.js");
        if (encoding is not null) again.Headers.AcceptEncoding.ParseAdd(encoding);
        again.Headers.IfNoneMatch.Add(response.Headers.ETag!);
        using var unchanged = await client.SendAsync(again);
        unchanged.StatusCode.ShouldBe(HttpStatusCode.NotModified);
    }

    [Fact]
    public async Task Fingerprinted_files_are_kept_for_ever_and_have_their_types()
    {
        using var manifest = await GetAsync("/studio/_framework/dotnet.js");
        var name = FingerprintedAssembly().Match(await manifest.Content.ReadAsStringAsync()).Value;
        name.ShouldNotBeEmpty();
        using var response = await GetAsync("/studio/_framework/" + name, encoding: "br");
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType?.MediaType.ShouldBe("application/wasm");
        response.Headers.CacheControl?.Extensions.ShouldContain(extension => extension.Name == "immutable");
        response.Headers.GetValues("X-Content-Type-Options").Single().ShouldBe("nosniff");
    }

    [Theory]
    [InlineData("/studio/_framework/gone.js")]
    [InlineData("/studio/shell/gone.js")]
    [InlineData("/studio/pages/gone.js")]
    [InlineData("/studio/..%2fPlatform.Server.dll")]
    [InlineData("/studio/..%5cPlatform.Server.dll")]
    public async Task A_missing_file_is_missing_and_never_the_page(string path)
    {
        using var response = await GetAsync(path);
        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await response.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }

    /// <summary>Dots that leave the folder are resolved before the request is sent or routed: the address is one of ours that nothing answers.</summary>
    [Fact]
    public async Task An_address_that_climbs_out_of_the_folder_is_unknown()
    {
        using var response = await GetAsync("/studio/_content/%2e%2e/%2e%2e/Platform.Server.dll");
        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        response.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json");
    }

    async Task<HttpResponseMessage> GetAsync(string path, string? accept = null, string? encoding = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (accept is not null) request.Headers.Accept.ParseAdd(accept);
        if (encoding is not null) request.Headers.AcceptEncoding.ParseAdd(encoding);
        return await client.SendAsync(request);
    }

    [GeneratedRegex("(src|href)=\"(?<name>[^\"/][^\"]+\\.(js|css|svg))\"", RegexOptions.ExplicitCapture)]
    private static partial Regex Reference();

    [GeneratedRegex("(src|href)=\"(https?:)?//")]
    private static partial Regex ForeignAddress();

    [GeneratedRegex(@"System\.Private\.CoreLib\.[a-z0-9]{10}\.wasm")]
    private static partial Regex FingerprintedAssembly();
}

using System.Net;
using System.Text.RegularExpressions;

namespace Platform.Heal7;

/// <summary>A page to read.</summary>
/// <param name="Url">Its address.</param>
public sealed record CrawlRequest(string Url);

/// <summary>
/// The crawling service: <c>POST /crawl</c> fetches a page and extracts its title, text and links. It reaches the hosts of the setting
/// <c>hosts</c> only, which is this machine unless <c>--hosts</c> says otherwise; <c>GET /pages/{number}</c> is something to crawl.
/// </summary>
/// <param name="configuration">Which hosts it may reach.</param>
public sealed partial class Crawler(IConfiguration configuration) : IDisposable
{
    private const int BytesMax = 2 * 1024 * 1024;
    private readonly string[] _hosts = (configuration["hosts"] ?? "localhost,127.0.0.1").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { Timeout = TimeSpan.FromSeconds(10), MaxResponseContentBufferSize = BytesMax };

    /// <inheritdoc />
    public void Dispose() => _http.Dispose();

    internal static void Map(WebApplication app)
    {
        app.MapPost("/crawl", (CrawlRequest request, Crawler crawler, CancellationToken cancellationToken) => crawler.CrawlAsync(request, cancellationToken));
        app.MapGet("/pages/{number:int}", (int number) => Results.Content(
            $"<html><head><title>Page {number}</title></head><body><h1>Page {number}</h1><p>Fetched &amp; extracted.</p><a href=\"/pages/{number + 1}\">next</a></body></html>", "text/html"));
    }

    /// <summary>What a page holds.</summary>
    /// <param name="address">Its address.</param>
    /// <param name="html">The page.</param>
    /// <returns>Title, text, and links as whole addresses, each once.</returns>
    public static (string? Title, string Text, IReadOnlyList<string> Links) Extract(Uri address, string html)
    {
        var title = Title().Match(html) is { Success: true } match ? WebUtility.HtmlDecode(match.Groups["text"].Value).Trim() : null;
        var links = Link().Matches(html)
            .Select(link => Uri.TryCreate(address, WebUtility.HtmlDecode(link.Groups["address"].Value), out var target) ? target : null)
            .Where(target => target is { Scheme: "http" or "https" })
            .Select(target => target!.GetLeftPart(UriPartial.Query))
            .Distinct(StringComparer.Ordinal);
        return (title, Paperwork.TextOf(Title().Replace(html, "")), [.. links]);
    }

    private async Task<IResult> CrawlAsync(CrawlRequest request, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(request.Url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            return Results.BadRequest(new { error = "'url' is no address. Begin with http:// or https://." });
        if (!_hosts.Contains(address.Host, StringComparer.OrdinalIgnoreCase))
            return Results.Json(new { error = $"The host '{address.Host}' is not among those that may be crawled: {string.Join(", ", _hosts)}." }, statusCode: StatusCodes.Status403Forbidden);
        try
        {
            using var response = await _http.GetAsync(address, cancellationToken);
            var (title, text, links) = Extract(address, await response.Content.ReadAsStringAsync(cancellationToken));
            return Results.Json(new { url = address, status = (int)response.StatusCode, title, text, links });
        }
        catch (Exception exception) when (exception is HttpRequestException || (exception is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return Results.Json(new { error = $"'{address}' could not be fetched: {exception.Message}" }, statusCode: StatusCodes.Status502BadGateway);
        }
    }

    [GeneratedRegex("<title[^>]*>(?<text>.*?)</title>", RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Title();

    [GeneratedRegex("<a\\s[^>]*href\\s*=\\s*[\"'](?<address>[^\"'#]+)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Link();
}

using System.Net;
using System.Text;
using Platform.Server.Api;
using Platform.Server.Security;

namespace Platform.Server.OpenApi;

/// <summary>The description of the server's own API, for programs and for people. Whoever is signed in may read it.</summary>
internal static class OpenApiRoutes
{
    /// <summary>Where Swagger UI lies: files of a public package, which the web UI serves.</summary>
    private const string Files = "/studio/_content/swagger-ui/";

    private const string Script = "/studio/api-docs/docs.js";

    /// <summary>The page loads its own scripts and talks to this server alone. Swagger UI sets styles and draws its arrows in place.</summary>
    private const string PagePolicy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>Maps <c>/api/openapi.json</c> and <c>/api/docs</c>.</summary>
    /// <param name="api">The API.</param>
    public static void MapOpenApi(this IEndpointRouteBuilder api)
    {
        var docs = api.MapGroup("").WithTags("Description").RequirePermission();
        docs.MapGet("/openapi.json", Describe).WithSummary("Describes this API as an OpenAPI 3.1 document.").Produces<string>(StatusCodes.Status200OK, "application/json");
        docs.MapGet("/docs", Show).WithSummary("Shows this API to people.").Produces<string>(StatusCodes.Status200OK, "text/html");
    }

    private static IResult Describe(EndpointDataSource endpoints, DescribedApi described) =>
        Results.Text(described.Text(endpoints), "application/json", Encoding.UTF8);

    private static IResult Show(HttpContext context)
    {
        var root = WebUtility.HtmlEncode(context.Request.PathBase.Value);
        context.Response.Headers.ContentSecurityPolicy = PagePolicy;
        return Results.Content(
            $"""
            <!doctype html>
            <html lang="en">
            <head>
              <meta charset="utf-8">
              <meta name="viewport" content="width=device-width, initial-scale=1">
              <title>Platform API</title>
              <link rel="icon" href="{root}/studio/icon.svg">
              <link rel="stylesheet" href="{root}{Files}swagger-ui.css">
              <script src="{root}{Files}swagger-ui-bundle.js" defer></script>
              <script src="{root}{Script}" defer></script>
            </head>
            <body>
              <div id="docs" data-document="{root}{PlatformApi.Prefix}/openapi.json">The description needs JavaScript. Programs read <a href="{root}{PlatformApi.Prefix}/openapi.json">openapi.json</a>.</div>
            </body>
            </html>
            """,
            "text/html",
            Encoding.UTF8);
    }
}

/// <summary>The document of the server that runs: its routes stay the same, so it is made once.</summary>
internal sealed class DescribedApi
{
    private readonly Lock _sync = new();
    private string? _text;

    /// <summary>The document as text.</summary>
    /// <param name="endpoints">The routes of the server.</param>
    public string Text(EndpointDataSource endpoints)
    {
        lock (_sync)
            return _text ??= OpenApiDocument.Write(endpoints.Endpoints, PlatformApi.Prefix);
    }
}

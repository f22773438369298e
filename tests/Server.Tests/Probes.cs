using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Platform.Server.Security;
using Platform.Storage;

namespace Platform.Server.Tests;

/// <summary>Endpoints that do one thing each, for tests of what stands before and around endpoints.</summary>
internal sealed class Probes : IStartupFilter
{
    /// <summary>Where they are; tests that look at all endpoints leave them out.</summary>
    public const string Prefix = "/api/probe/";

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        next(app);
        app.UseEndpoints(routes =>
        {
            routes.MapGet("/api/probe/read", () => "read").RequirePermission("read:probes");
            routes.MapGet("/api/probe/write", () => "written").RequirePermission("write:probes", "exec:*");
            routes.MapGet("/api/probe/forgotten", () => "open?");
            routes.MapPost("/api/probe/open", (HttpContext context) => context.User.Identity?.Name ?? "nobody").AllowAnonymous();
            routes.MapGet("/api/probe/bug", IResult () => throw new InvalidOperationException("secret inside"));
            routes.MapGet("/api/probe/store", IResult () => throw new StorageException("disk full"));
            routes.MapPost("/api/probe/body", (Body body) => body.Size);
            routes.MapGet("/api/probe/status/{status:int}", (int status) => Results.StatusCode(status));
            routes.MapGet("/api/probe/problem", () => TypedResults.Problem("taken", statusCode: 409));
        });
    };

    internal sealed record Body(int Size, string? Name);
}

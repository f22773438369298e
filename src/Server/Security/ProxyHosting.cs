using Microsoft.AspNetCore.HttpOverrides;

namespace Platform.Server.Security;

/// <summary>Lets the server stand behind proxies and under a path of its host. What is not configured costs no request anything.</summary>
internal static class ProxyHosting
{
    /// <summary>Adds what is configured. It comes first: everything after it sees the request as the browser made it.</summary>
    /// <param name="app">The server.</param>
    /// <param name="options">What stands in front of it.</param>
    public static void UseProxy(this IApplicationBuilder app, ProxyOptions options)
    {
        if (options.Trusted.Count > 0)
        {
            var forwarded = new ForwardedHeadersOptions
            {
                ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost,
                ForwardLimit = options.HopsMax,
            };
            // The framework trusts this machine unless it is told otherwise; here only those count that are named.
            forwarded.KnownProxies.Clear();
            forwarded.KnownIPNetworks.Clear();
            foreach (var network in options.Networks)
                forwarded.KnownIPNetworks.Add(network);
            app.UseForwardedHeaders(forwarded);
        }

        if (options.PathBase is not { } path)
            return;
        var pathBase = new PathString(path);
        app.Use((context, next) =>
        {
            // A proxy that takes the path away leaves nothing to tell by; links need it all the same.
            if (context.Request.Path.StartsWithSegments(pathBase, StringComparison.OrdinalIgnoreCase, out var rest))
                context.Request.Path = rest;
            context.Request.PathBase = pathBase;
            return next(context);
        });
    }
}

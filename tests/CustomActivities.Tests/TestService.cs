using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Platform.CustomActivities.Tests;

/// <summary>A real service on a port of this machine, whose answers a test scripts.</summary>
internal sealed class TestService : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestService(Func<HttpContext, int, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var request = context.Request;
            Requests.Enqueue(new Request(
                request.Method, request.Path + request.QueryString, await reader.ReadToEndAsync(), request.ContentType, request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString())));
            await answer(context, Requests.Count);
        });
    }

    public string Address => _app.Urls.Single();

    /// <summary>The requests so far.</summary>
    public ConcurrentQueue<Request> Requests { get; } = new();

    /// <summary>Starts a service; the answer gets the number of the request, from 1.</summary>
    public static async Task<TestService> StartAsync(Func<HttpContext, int, Task> answer)
    {
        var service = new TestService(answer);
        await service._app.StartAsync();
        return service;
    }

    /// <summary>Starts a service that answers with these statuses in turn, and then with the last one.</summary>
    public static Task<TestService> AnsweringAsync(params int[] statuses) => StartAsync((context, number) =>
    {
        context.Response.StatusCode = statuses[Math.Min(number, statuses.Length) - 1];
        return Task.CompletedTask;
    });

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    internal sealed record Request(string Method, string Path, string Body, string? ContentType, Dictionary<string, string> Headers);
}

using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Platform.Server.Tests.Operations;

/// <summary>A collector of OTLP on a port of this machine: keeps what it gets, over HTTP or gRPC.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(string Path, string? Key, byte[] Body)> _received = new();

    private Collector(bool isGrpc)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen =>
            listen.Protocols = isGrpc ? HttpProtocols.Http2 : HttpProtocols.Http1));
        _app = builder.Build();
        _app.Run(context => ReceiveAsync(context, isGrpc));
    }

    public string Endpoint => _app.Urls.Single();

    /// <summary>Paths that were posted to.</summary>
    public IReadOnlyCollection<string> Paths => [.. _received.Select(request => request.Path).Distinct(StringComparer.Ordinal)];

    /// <summary>Values of the header that the tests send.</summary>
    public IReadOnlyCollection<string?> Keys => [.. _received.Select(request => request.Key).Distinct(StringComparer.Ordinal)];

    /// <summary>Everything that came, as text.</summary>
    public string Text => string.Concat(_received.Select(request => Encoding.UTF8.GetString(request.Body)));

    public IReadOnlyList<CollectedSpan> Spans =>
    [
        .. _received.Where(request => request.Path.Contains("trace", StringComparison.OrdinalIgnoreCase))
            .SelectMany(request => Fields(request.Body, 1)).SelectMany(resource => Fields(resource, 2)).SelectMany(scope => Fields(scope, 2)).Select(CollectedSpan.Read),
    ];

    /// <summary>Names of the metrics that came.</summary>
    public IReadOnlyCollection<string> Metrics =>
    [
        .. _received.Where(request => request.Path.Contains("metrics", StringComparison.OrdinalIgnoreCase))
            .SelectMany(request => Fields(request.Body, 1)).SelectMany(resource => Fields(resource, 2)).SelectMany(scope => Fields(scope, 2))
            .Select(metric => Encoding.UTF8.GetString(Fields(metric, 1).Single())).Distinct(StringComparer.Ordinal),
    ];

    public static async Task<Collector> StartAsync(bool isGrpc = false)
    {
        var collector = new Collector(isGrpc);
        await collector._app.StartAsync();
        return collector;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>
    /// Waits for what is on its way: a server in a test is ended by its factory and by its own main program at once, and the one does not
    /// wait for what the other still sends. What never comes fails what is asserted afterwards.
    /// </summary>
    public async Task ReceivedAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition() && !patience.IsCancellationRequested)
            await Task.Yield();
    }

    /// <summary>The contents of a field of a protobuf message, where it has bytes.</summary>
    internal static IEnumerable<byte[]> Fields(byte[] message, int wanted)
    {
        var at = 0;
        while (at < message.Length)
        {
            var tag = Varint(message, ref at);
            switch (tag & 7)
            {
                case 0:
                    Varint(message, ref at);
                    break;
                case 1:
                    at += 8;
                    break;
                case 5:
                    at += 4;
                    break;
                case 2:
                    var length = (int)Varint(message, ref at);
                    if ((int)(tag >> 3) == wanted)
                        yield return message[at..(at + length)];
                    at += length;
                    break;
                default:
                    throw new FormatException($"Protobuf has no wire type {tag & 7}.");
            }
        }
    }

    private static ulong Varint(byte[] message, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var part = message[at++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return value;
        }
    }

    private async Task ReceiveAsync(HttpContext context, bool isGrpc)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var bytes = body.ToArray();
        // A message of gRPC has a flag and its length in front.
        if (isGrpc)
            bytes = bytes[5..(5 + (int)BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(1)))];
        _received.Enqueue((context.Request.Path, context.Request.Headers["x-key"], bytes));
        if (!isGrpc)
            return;
        context.Response.ContentType = "application/grpc";
        context.Response.DeclareTrailer("grpc-status");
        await context.Response.Body.WriteAsync(new byte[5]);
        context.Response.AppendTrailer("grpc-status", "0");
    }
}

/// <summary>A span as it came.</summary>
/// <param name="Name">Name.</param>
/// <param name="TraceId">Trace.</param>
/// <param name="SpanId">Id.</param>
/// <param name="ParentId">Id of the parent; empty for none.</param>
internal sealed record CollectedSpan(string Name, string TraceId, string SpanId, string ParentId)
{
    public static CollectedSpan Read(byte[] span) => new(
        Encoding.UTF8.GetString(Collector.Fields(span, 5).Single()), Hex(span, 1), Hex(span, 2), Hex(span, 4));

    private static string Hex(byte[] span, int field) => Convert.ToHexStringLower(Collector.Fields(span, field).FirstOrDefault() ?? []);
}

using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Platform.Runtime.Definitions;
using static Platform.Server.Tests.Http.Flow;

namespace Platform.Server.Tests.Http;

/// <summary>What a refused body does to the connection it came on, which only the real web server shows.</summary>
public sealed class RefusedBodyTests
{
    [Fact]
    public async Task After_a_body_over_the_limit_the_connection_goes_on()
    {
        await using var server = TestServer.WithCredentials();
        server.UseKestrel(0);
        server.StartServer();
        var address = server.CreateClient().BaseAddress!;
        var limit = new JsonObject { ["typeName"] = "Int64", ["expression"] = new JsonObject { ["type"] = "Literal", ["value"] = "64" } };
        var document = Of(Endpoint("small", """["POST"]""").With("requestSizeLimit", limit), Respond("ok"));
        var saved = await server.Services.GetRequiredService<WorkflowDefinitions>().SaveAsync(new DefinitionDraft(document) { DefinitionId = "small", Name = "small" }, publish: true, CancellationToken.None);
        saved.ShouldBeOfType<DefinitionResult.Saved>();
        var connections = 0;
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, ConnectCallback = ConnectAsync }) { BaseAddress = address };

        // JSON goes out in chunks, so that the server learns its size only by reading.
        for (var i = 0; i < 3; i++)
        {
            using var refused = await client.PostAsJsonAsync("workflows/small", new { text = new string('x', 100) });
            refused.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
            using var answered = await client.PostAsJsonAsync("workflows/small", new { });
            (await answered.Content.ReadAsStringAsync()).ShouldBe("ok");
        }

        connections.ShouldBe(1);

        async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
        {
            connections++;
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, address.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
    }
}

using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Platform.Server.Tests.Elsa;

/// <summary>Speaks the hub's protocol by hand, byte for byte as Studio does.</summary>
public sealed class HubTests(ElsaServer server) : IClassFixture<ElsaServer>
{
    private const char End = '\u001e';
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_viewer_is_told_what_happens_to_its_instance()
    {
        await server.ImportAsync(Documents.Order("live", "live-v1", "Live", "False"));
        var id = await server.ExecuteAsync("live");
        using var socket = await ConnectAsync();
        await ObserveAsync(socket, id);

        await server.PostAsync("/events/Go-live/trigger", """{"workflowExecutionMode":"Synchronous"}""");

        List<JsonNode> messages;
        JsonNode stats;
        // How it stood before may be told once more in between.
        do
        {
            messages = await ReceiveAsync(socket, 3);
            messages[0]["target"]!.GetValue<string>().ShouldBe("WorkflowExecutionLogUpdatedAsync");
            messages[0]["arguments"]!.ToJsonString().ShouldBe("[{}]");
            messages[1]["target"]!.GetValue<string>().ShouldBe("ActivityExecutionLogUpdatedAsync");
            stats = messages[1]["arguments"]![0]!["stats"]!.AsArray().Single(entry => entry!["activityNodeId"]!.GetValue<string>() == "Workflow1:root1:ev")!;
        }
        while (stats["completedCount"]!.GetValue<int>() != 1);

        stats["isBlocked"]!.GetValue<bool>().ShouldBeFalse();
        messages[2]["target"]!.GetValue<string>().ShouldBe("WorkflowInstanceUpdatedAsync");
        messages[2]["arguments"]!.ToJsonString().ShouldBe($$"""[{"workflowInstanceId":"{{id}}"}]""");
    }

    [Fact]
    public async Task A_viewer_that_comes_late_hears_first_how_the_instance_stands()
    {
        await server.ImportAsync(Documents.Order("late", "late-v1", "Late", "False"));
        var id = await server.ExecuteAsync("late");
        await server.PostAsync("/events/Go-late/trigger", """{"workflowExecutionMode":"Synchronous"}""");
        using var socket = await ConnectAsync();

        var messages = await ObserveAsync(socket, id);

        messages[0]["target"]!.GetValue<string>().ShouldBe("WorkflowExecutionLogUpdatedAsync");
        var stats = messages[1]["arguments"]![0]!["stats"]!.AsArray().Select(entry => entry!["activityNodeId"]!.GetValue<string>());
        stats.ShouldBe(["Workflow1", "Workflow1:root1", "Workflow1:root1:w1", "Workflow1:root1:d1", "Workflow1:root1:ev"], ignoreOrder: true);
        messages[2]["target"]!.GetValue<string>().ShouldBe("WorkflowInstanceUpdatedAsync");
    }

    [Fact]
    public async Task A_viewer_hears_once_more_when_all_is_quiet()
    {
        await server.ImportAsync(Documents.Order("again", "again-v1", "Again", "False"));
        var id = await server.ExecuteAsync("again");
        using var socket = await ConnectAsync();
        await ObserveAsync(socket, id);

        var messages = await ReceiveAsync(socket, 3);

        messages[0]["target"]!.GetValue<string>().ShouldBe("WorkflowExecutionLogUpdatedAsync");
        messages[2]["arguments"]![0]!["workflowInstanceId"]!.GetValue<string>().ShouldBe(id);
    }

    [Fact]
    public async Task Nobody_hears_of_other_instances()
    {
        await server.ImportAsync(Documents.Order("quiet", "quiet-v1", "Quiet", "False"));
        var (observed, other) = (await server.ExecuteAsync("quiet"), await server.ExecuteAsync("quiet"));
        using var socket = await ConnectAsync();
        await ObserveAsync(socket, observed);
        await server.PostAsync($"/cancel/workflow-instances/{other}", null);
        await server.PostAsync($"/cancel/workflow-instances/{observed}", null);
        var messages = await ReceiveAsync(socket, 3);
        messages[2]["arguments"]![0]!["workflowInstanceId"]!.GetValue<string>().ShouldBe(observed);
    }

    [Fact]
    public async Task An_unknown_instance_cannot_be_observed()
    {
        using var socket = await ConnectAsync();
        await SendAsync(socket, """{"type":1,"invocationId":"1","target":"ObserveInstanceAsync","arguments":["none"]}""");
        var message = (await ReceiveAsync(socket, 1))[0];
        message["type"]!.GetValue<int>().ShouldBe(3);
        message["error"]!.GetValue<string>().ShouldContain("Access denied");
    }

    [Fact]
    public async Task A_socket_can_be_negotiated()
    {
        var answer = await server.PostAsync("/elsa/hubs/workflow-instance/negotiate?negotiateVersion=1", null);
        answer.Node["connectionToken"]!.GetValue<string>().ShouldNotBeEmpty();
        answer.Node["availableTransports"]!.AsArray().ShouldContain(transport => transport!["transport"]!.GetValue<string>() == "WebSockets");
        answer.Node["availableTransports"]!.AsArray().ShouldContain(transport => transport!["transport"]!.GetValue<string>() == "LongPolling");
        answer.Node["availableTransports"]!.AsArray().Count.ShouldBe(2, "A proxy that collects answers would hold back a stream of events for ever.");
    }

    private async Task<WebSocket> ConnectAsync()
    {
        var negotiated = await server.PostAsync("/elsa/hubs/workflow-instance/negotiate?negotiateVersion=1", null);
        var client = server.Server.CreateWebSocketClient();
        client.ConfigureRequest = request => request.Headers.Authorization = server.Client.DefaultRequestHeaders.Authorization?.ToString();
        var token = Uri.EscapeDataString(negotiated.Node["connectionToken"]!.GetValue<string>());
        using var timeout = new CancellationTokenSource(_patience);
        var socket = await client.ConnectAsync(new Uri(server.Server.BaseAddress, $"/elsa/hubs/workflow-instance?id={token}"), timeout.Token);
        await SendAsync(socket, """{"protocol":"json","version":1}""");
        (await ReceiveAsync(socket, 1))[0].ToJsonString().ShouldBe("{}");
        return socket;
    }

    /// <summary>Studio waits for no answer; a test does, to know that the server has heard it. Before it comes how the instance stands.</summary>
    private static async Task<List<JsonNode>> ObserveAsync(WebSocket socket, string instanceId)
    {
        await SendAsync(socket, $$"""{"type":1,"invocationId":"0","target":"ObserveInstanceAsync","arguments":["{{instanceId}}"]}""");
        var messages = await ReceiveAsync(socket, 4);
        messages[3]["type"]!.GetValue<int>().ShouldBe(3);
        return messages;
    }

    private static async Task SendAsync(WebSocket socket, string message)
    {
        using var timeout = new CancellationTokenSource(_patience);
        await socket.SendAsync(Encoding.UTF8.GetBytes(message + End), WebSocketMessageType.Text, endOfMessage: true, timeout.Token);
    }

    /// <summary>The next messages without pings.</summary>
    private static async Task<List<JsonNode>> ReceiveAsync(WebSocket socket, int count)
    {
        using var timeout = new CancellationTokenSource(_patience);
        var messages = new List<JsonNode>();
        var text = new StringBuilder();
        var buffer = new byte[65_536];
        while (messages.Count < count)
        {
            var received = await socket.ReceiveAsync(buffer, timeout.Token);
            text.Append(Encoding.UTF8.GetString(buffer, 0, received.Count));
            var parts = text.ToString().Split(End);
            text.Clear().Append(parts[^1]);
            messages.AddRange(parts[..^1].Select(part => JsonNode.Parse(part)!).Where(message => message["type"]?.GetValue<int>() != 6));
        }

        return messages;
    }
}

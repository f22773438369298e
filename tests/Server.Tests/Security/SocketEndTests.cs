using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;

namespace Platform.Server.Tests.Security;

/// <summary>Sockets end with the token, key or session by which they were opened.</summary>
public sealed class SocketEndTests : IAsyncLifetime
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(1);
    private readonly RingingClock _clock = new();
    private readonly TestServer _server;

    public SocketEndTests() => _server = TestServer.WithCredentials(services => services.AddSingleton<TimeProvider>(_clock));

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task The_socket_of_a_token_ends_when_the_token_does()
    {
        var login = await (await _server.Anonymous().PostAsJsonAsync("/elsa/api/identity/login", new { username = "admin", password = TestServer.Password })).JsonAsync();
        using var socket = await ConnectAsync(login["accessToken"]!.GetValue<string>());

        await ShouldEndAfterAsync(socket, TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task The_socket_of_a_key_ends_when_the_key_does_also_after_weeks()
    {
        var key = await KeyAsync(_clock.GetUtcNow().AddDays(60));
        using var socket = await ConnectAsync(key);

        await ShouldEndAfterAsync(socket, TimeSpan.FromDays(60));
    }

    [Fact]
    public async Task The_socket_of_a_key_without_an_end_stays()
    {
        using var socket = await ConnectAsync(await KeyAsync(null));
        _clock.Advance(TimeSpan.FromDays(400));
        await ShouldLiveAsync(socket);
    }

    private async Task<string> KeyAsync(DateTimeOffset? end)
    {
        var made = await _server.WithApiKey().PostAsJsonAsync("/api/keys", new { name = "viewer", permissions = new[] { "read:workflow-instances" }, expiresAt = end });
        return (await made.JsonAsync())["key"]!.GetValue<string>();
    }

    private async Task ShouldEndAfterAsync(WebSocket socket, TimeSpan end)
    {
        while (end > TimeSpan.FromHours(20))
        {
            _clock.Advance(TimeSpan.FromHours(20));
            end -= TimeSpan.FromHours(20);
        }

        _clock.Advance(end - TimeSpan.FromSeconds(2));
        await ShouldLiveAsync(socket);
        _clock.Advance(TimeSpan.FromSeconds(2));
        using var timeout = new CancellationTokenSource(_patience);
        var buffer = new byte[1_024];
        try
        {
            // Pings may come before the end.
            while ((await socket.ReceiveAsync(buffer, timeout.Token)).MessageType != WebSocketMessageType.Close)
            {
            }
        }
        catch (Exception exception) when (exception is WebSocketException or IOException)
        {
            // An aborted socket has no farewell.
        }

        timeout.IsCancellationRequested.ShouldBeFalse("the socket must have ended");
    }

    /// <summary>A call is answered.</summary>
    private static async Task ShouldLiveAsync(WebSocket socket)
    {
        using var timeout = new CancellationTokenSource(_patience);
        await socket.SendAsync(Encoding.UTF8.GetBytes("{\"type\":1,\"invocationId\":\"7\",\"target\":\"ObserveInstanceAsync\",\"arguments\":[\"none\"]}\u001e"), WebSocketMessageType.Text, true, timeout.Token);
        var buffer = new byte[4_096];
        var text = "";
        while (!text.Contains("\"invocationId\":\"7\"", StringComparison.Ordinal))
        {
            var received = await socket.ReceiveAsync(buffer, timeout.Token);
            received.MessageType.ShouldBe(WebSocketMessageType.Text);
            text += Encoding.UTF8.GetString(buffer, 0, received.Count);
        }
    }

    private async Task<WebSocket> ConnectAsync(string credential)
    {
        using var timeout = new CancellationTokenSource(_patience);
        var socket = await _server.Server.CreateWebSocketClient().ConnectAsync(new Uri(_server.Server.BaseAddress, $"/elsa/hubs/workflow-instance?access_token={Uri.EscapeDataString(credential)}"), timeout.Token);
        await socket.SendAsync(Encoding.UTF8.GetBytes("{\"protocol\":\"json\",\"version\":1}\u001e"), WebSocketMessageType.Text, true, timeout.Token);
        var buffer = new byte[1_024];
        (await socket.ReceiveAsync(buffer, timeout.Token)).MessageType.ShouldBe(WebSocketMessageType.Text);
        return socket;
    }

    /// <summary>Time that moves only when the test moves it, and whose timers fire then.</summary>
    private sealed class RingingClock : TimeProvider
    {
        private readonly Lock _sync = new();
        private readonly List<Bell> _bells = [];
        private DateTimeOffset _now = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow()
        {
            lock (_sync)
                return _now;
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var bell = new Bell(this, () => callback(state));
            lock (_sync)
                _bells.Add(bell);
            bell.Change(dueTime, period);
            return bell;
        }

        public void Advance(TimeSpan by)
        {
            List<Bell> due;
            lock (_sync)
            {
                _now += by;
                due = [.. _bells.Where(bell => bell.DueAt <= _now)];
                foreach (var bell in due)
                    bell.DueAt = bell.Period > TimeSpan.Zero ? _now + bell.Period : null;
            }

            foreach (var bell in due)
                bell.Ring();
        }

        private sealed class Bell(RingingClock clock, Action ring) : ITimer
        {
            public DateTimeOffset? DueAt { get; set; }

            public TimeSpan Period { get; private set; }

            public void Ring() => ring();

            public bool Change(TimeSpan dueTime, TimeSpan period)
            {
                lock (clock._sync)
                {
                    Period = period;
                    DueAt = dueTime < TimeSpan.Zero ? null : clock._now + dueTime;
                }

                return true;
            }

            public void Dispose()
            {
                lock (clock._sync)
                    clock._bells.Remove(this);
            }

            public ValueTask DisposeAsync()
            {
                Dispose();
                return default;
            }
        }
    }
}

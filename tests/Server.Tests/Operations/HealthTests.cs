using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Platform.Runtime.Store;
using Platform.Server.Operations;
using Platform.Server.Tests.Http;
using Platform.Storage;

namespace Platform.Server.Tests.Operations;

/// <summary>Health, limits and the report, with the real transport.</summary>
public sealed class HealthTests : IDisposable
{
    private readonly TestServer _server = TestServer.WithCredentials();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Who_watches_the_process_needs_no_key_and_sees_words_only()
    {
        var live = await _server.Anonymous().GetAsync("/health/live");
        var ready = await _server.Anonymous().GetAsync("/health/ready");

        live.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await live.Content.ReadAsStringAsync()).ShouldBe("""{"status":"live","checks":[{"name":"process","status":"ok","sinceUtc":"2026-03-04T05:06:07+00:00"}]}""");
        ready.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await ready.Content.ReadAsStringAsync()).ShouldStartWith("""{"status":"ready","checks":[{"name":"start","status":"ok","sinceUtc":"2026-03-04T05:06:07""");
        (await ready.JsonAsync())["checks"]!.AsArray().Select(check => $"{check!["name"]} {check["status"]}")
            .ShouldBe(["start ok", "store ok", "queue ok", "disk ok", "memory ok"]);
    }

    [Fact]
    public async Task A_server_without_its_store_lives_but_is_not_ready()
    {
        var directory = Directory.CreateTempSubdirectory("server-tests-");
        using (var server = new TestServer(new() { ["Storage:DataDirectory"] = directory.FullName, ["Security:BootstrapApiKey"] = TestServer.ApiKey }))
        {
            using var client = server.Anonymous();
            await server.Services.GetRequiredService<IWorkflowStore>().DisposeAsync();

            var ready = await client.GetAsync("/health/ready");

            ready.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            var body = await ready.JsonAsync();
            body["status"]!.GetValue<string>().ShouldBe("notReady");
            StatusOf(body, "store").ShouldBe("failed");
            body.ToJsonString().ShouldNotContain("detail");
            (await client.GetAsync("/health/live")).StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        directory.Delete(recursive: true);
    }

    [Fact]
    public async Task A_database_that_is_full_makes_the_server_not_ready_until_there_is_room_again()
    {
        var directory = Directory.CreateTempSubdirectory("server-tests-");
        using (var server = new TestServer(new()
        {
            ["Storage:DataDirectory"] = directory.FullName,
            ["Storage:Sqlite:DatabaseBytesMax"] = "1048576",
            ["Security:BootstrapApiKey"] = TestServer.ApiKey,
        }))
        {
            using var client = server.WithApiKey();
            (await client.GetAsync("/health/ready")).StatusCode.ShouldBe(HttpStatusCode.OK);
            var store = server.Services.GetRequiredService<IWorkflowStore>();
            var filled = await FillAsync(store);

            // What was seen a moment ago still holds; then the store is asked again.
            (await client.GetAsync("/health/ready")).StatusCode.ShouldBe(HttpStatusCode.OK);
            server.Clock.Advance(TimeSpan.FromSeconds(6));
            var full = await client.GetAsync("/health/ready");
            server.Clock.Advance(TimeSpan.FromSeconds(6));
            var still = await client.GetAsync("/health/ready");
            var stranger = await server.Anonymous().GetAsync("/health/ready");
            await store.CommitAsync(new Commit { DeletedDocuments = [.. Enumerable.Range(0, filled).Select(number => new DocumentKey("fill", $"{number}"))] }, CancellationToken.None);
            server.Clock.Advance(TimeSpan.FromSeconds(6));
            var again = await client.GetAsync("/health/ready");

            full.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            still.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            var check = Check(await full.JsonAsync(), "store");
            check["status"]!.GetValue<string>().ShouldBe("failed");
            check["detail"]!.GetValue<string>().ShouldStartWith("The store refuses writes: ");
            check["sinceUtc"]!.GetValue<string>().ShouldBe("2026-03-04T05:06:13+00:00");
            Check(await still.JsonAsync(), "store")["sinceUtc"]!.GetValue<string>().ShouldBe("2026-03-04T05:06:13+00:00");
            (await stranger.Content.ReadAsStringAsync()).ShouldNotContain("detail");
            again.StatusCode.ShouldBe(HttpStatusCode.OK);
            Check(await again.JsonAsync(), "store")["sinceUtc"]!.GetValue<string>().ShouldBe("2026-03-04T05:06:25+00:00");
            var log = server.Logged.ToString();
            log.ShouldContain("[4363] The check 'store' is failed: The store refuses writes");
            log.ShouldContain("[4364] The check 'store' is ok again.");
            log.Split("[4002]").Length.ShouldBe(2);
        }

        directory.Delete(recursive: true);
    }

    [Fact]
    public async Task A_store_that_hangs_is_told_and_not_asked_once_more()
    {
        var hold = new TaskCompletionSource();
        var store = new FailingStore { Hold = hold.Task };
        await store.InitializeAsync(CancellationToken.None);
        var clock = new ManualClock();
        var probe = new StoreProbe(store, new HealthOptions(), clock, NullLogger<StoreProbe>.Instance);

        var first = probe.FailureAsync().AsTask();
        await clock.WaitsAsync(TimeSpan.FromSeconds(2));
        clock.Advance(TimeSpan.FromSeconds(2));
        (await first).ShouldNotBeNull().ShouldStartWith("The store has not answered");
        var second = probe.FailureAsync().AsTask();
        await clock.WaitsAsync(TimeSpan.FromSeconds(2));
        store.Commits.ShouldBe(1);
        hold.SetResult();
        (await second).ShouldBeNull();
        (await probe.FailureAsync()).ShouldBeNull();
        store.Commits.ShouldBe(2);
    }

    [Fact]
    public async Task A_queue_that_no_worker_takes_from_makes_the_server_not_ready()
    {
        using var client = _server.WithApiKey();
        var store = _server.Services.GetRequiredService<IWorkflowStore>();
        // Stored by somebody whose signal was lost; timers never fire here, so the queue does not see it.
        await store.CommitAsync(new Commit { Work = [new StoredWork("lost", "Start", "{}") { DueAt = _server.Clock.GetUtcNow() }] }, CancellationToken.None);
        _server.Clock.Advance(TimeSpan.FromMinutes(4));
        (await client.GetAsync("/health/ready")).StatusCode.ShouldBe(HttpStatusCode.OK);
        _server.Clock.Advance(TimeSpan.FromMinutes(2));

        var stuck = await client.GetAsync("/health/ready");

        stuck.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        Check(await stuck.JsonAsync(), "queue")["detail"]!.GetValue<string>().ShouldStartWith("Work has been due since 2026-03-04 05:06:");
    }

    [Fact]
    public async Task Little_room_on_the_disk_degrades_the_server_which_still_works()
    {
        var directory = Directory.CreateTempSubdirectory("server-tests-");
        using (var server = new TestServer(new()
        {
            ["Storage:DataDirectory"] = directory.FullName, ["Security:BootstrapApiKey"] = TestServer.ApiKey, ["Health:DiskFreeBytesMin"] = $"{long.MaxValue}",
        }))
        {
            var ready = await server.WithApiKey().GetAsync("/health/ready");

            ready.StatusCode.ShouldBe(HttpStatusCode.OK);
            var body = await ready.JsonAsync();
            body["status"]!.GetValue<string>().ShouldBe("degraded");
            Check(body, "disk")["detail"]!.GetValue<string>().ShouldContain("Health:DiskFreeBytesMin");
        }

        directory.Delete(recursive: true);
    }

    [Theory]
    [InlineData(900, 1_000, 90, false)]
    [InlineData(901, 1_000, 90, true)]
    [InlineData(901, 0, 90, false)]
    public void Memory_beyond_its_share_is_a_warning(long used, long available, int percentMax, bool isWarned) =>
        (HostResources.MemoryWarning(used, available, percentMax) is not null).ShouldBe(isWarned);

    [Fact]
    public async Task A_process_that_does_nothing_any_more_is_not_alive()
    {
        var clock = new BeatClock();
        using var heartbeat = new Heartbeat(clock);
        using var server = new TestServer(
            new() { ["Storage:Kind"] = "Memory", ["Security:BootstrapApiKey"] = TestServer.ApiKey }, services => services.AddSingleton(heartbeat));
        using var client = server.WithApiKey();
        (await client.GetAsync("/health/live")).StatusCode.ShouldBe(HttpStatusCode.OK);
        clock.Beat();
        clock.Advance(TimeSpan.FromSeconds(29));
        // The beat is noted on another thread.
        while (heartbeat.Silence == TimeSpan.Zero)
            await Task.Yield();
        (await client.GetAsync("/health/live")).StatusCode.ShouldBe(HttpStatusCode.OK);

        clock.Advance(TimeSpan.FromSeconds(2));
        var stuck = await client.GetAsync("/health/live");

        stuck.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await stuck.JsonAsync())["status"]!.GetValue<string>().ShouldBe("notLive");
    }

    [Fact]
    public async Task A_server_that_stops_takes_no_more_requests()
    {
        using var client = _server.Anonymous();
        var asked = new TaskCompletionSource<HttpStatusCode>();
        var lifetime = _server.Services.GetRequiredService<IHostApplicationLifetime>();
        // The stop goes on when this returns, so the answer is awaited here.
        lifetime.ApplicationStopping.Register(() => asked.SetResult(Task.Run(() => client.GetAsync("/health/ready")).GetAwaiter().GetResult().StatusCode));

        lifetime.StopApplication();

        (await asked.Task).ShouldBe(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task Over_the_wire_the_server_names_its_address_and_refuses_what_is_too_large()
    {
        using var server = new TestServer(new()
        {
            ["Storage:Kind"] = "Memory",
            ["Security:BootstrapApiKey"] = TestServer.ApiKey,
            ["Security:RequestBytesMax"] = "2000",
        });
        server.UseKestrel(0);
        server.StartServer();
        using var client = server.CreateClient();

        var answer = await client.PostAsync("/api/session", new StringContent($$"""{"username":"{{new string('x', 3000)}}","password":""}""", null, "application/json"));

        var problem = await answer.ShouldBeProblemAsync(HttpStatusCode.RequestEntityTooLarge, "WF4508");
        problem["detail"]!.GetValue<string>().ShouldContain("2,000 bytes");
        answer.Headers.Server.ShouldBeEmpty();
        (await server.Output.ReadAsync()).ShouldContain($"It listens on {client.BaseAddress!.ToString().TrimEnd('/')}.");
        (await server.Output.ReadAsync()).ShouldContain("Its data lies in memory and is gone when it ends");
    }

    private static JsonNode Check(JsonNode body, string name) => body["checks"]!.AsArray().Single(check => check!["name"]!.GetValue<string>() == name)!;

    private static string StatusOf(JsonNode body, string name) => Check(body, name)["status"]!.GetValue<string>();

    /// <summary>Writes until nothing goes in any more, however small.</summary>
    private static async Task<int> FillAsync(IWorkflowStore store)
    {
        var count = 0;
        foreach (var bytes in new[] { 100_000, 10_000, 1_000 })
        {
            try
            {
                for (; ; count++)
                    await store.CommitAsync(new Commit { Documents = [new StoredDocument("fill", $"{count}", $"\"{new string('x', bytes)}\"")] }, CancellationToken.None);
            }
            catch (StorageException)
            {
                // Full, for things of this size.
            }
        }

        return count;
    }

    /// <summary>Time whose timers fire when a test says so.</summary>
    private sealed class BeatClock : TimeProvider
    {
        private readonly List<Action> _timers = [];
        private long _ticks = 1;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Read(ref _ticks);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            lock (_timers)
                _timers.Add(() => callback(state));
            return new SteppingClock().CreateTimer(callback, state, dueTime, period);
        }

        public void Advance(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);

        public void Beat()
        {
            lock (_timers)
                _timers.ForEach(timer => timer());
        }
    }
}

using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Platform.Server.Tests;

/// <summary>The real server inside the test process: its own start, pipeline and store; only the clock, the console and the transport are the test's.</summary>
internal sealed class TestServer(Dictionary<string, string?>? settings = null, Action<IServiceCollection>? services = null) : WebApplicationFactory<Program>
{
    private End? _end;

    public const string Password = "a-good-long-password";
    public const string ApiKey = "test-key-0123456789abcdef";

    /// <summary>What the start reported for eyes; it does so after it began to answer.</summary>
    public ReportWriter Output { get; } = new();

    /// <summary>Everything that was logged, the framework's details included.</summary>
    public LogText Logged { get; } = new();

    /// <summary>Time of the server.</summary>
    public SteppingClock Clock { get; } = new();

    /// <summary>A server with data in memory, an administrator and an API key.</summary>
    public static TestServer WithCredentials(Action<IServiceCollection>? services = null) => new(
        new() { ["Storage:Kind"] = "Memory", ["Security:BootstrapPassword"] = Password, ["Security:BootstrapApiKey"] = ApiKey },
        services);

    /// <summary>A client without cookies, redirects and credentials.</summary>
    public HttpClient Anonymous() => CreateDefaultClient();

    /// <summary>A client with the API key of <see cref="WithCredentials"/>.</summary>
    public HttpClient WithApiKey(string key = ApiKey)
    {
        var client = CreateDefaultClient();
        client.DefaultRequestHeaders.Add("Authorization", $"ApiKey {key}");
        return client;
    }

    /// <summary>A browser: keeps cookies.</summary>
    public Browser OpenBrowser()
    {
        var cookies = new CookieContainer();
        return new Browser(CreateDefaultClient(new Microsoft.AspNetCore.Mvc.Testing.Handlers.CookieContainerHandler(cookies)), cookies);
    }

    /// <summary>Ends the server and waits until it has closed everything: its main program does that beside the factory.</summary>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_end is not null)
            await _end.Reached.ConfigureAwait(false);
    }

    protected override IHost CreateHost(IHostBuilder builder)
    {
        builder.ConfigureLogging(logging => logging.AddProvider(Logged).AddFilter<LogText>(null, LogLevel.Debug));
        return base.CreateHost(builder);
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Production");
        // The shipped workflows have tests of their own.
        builder.UseSetting("Shipped:Directory", "none");
        foreach (var (key, value) in settings ?? [])
            builder.UseSetting(key, value);
        builder.ConfigureTestServices(container =>
        {
            container.AddSingleton(_ => _end = new End());
            container.AddSingleton<TimeProvider>(provider =>
            {
                provider.GetRequiredService<End>();
                return Clock;
            });
            container.AddSingleton<TextWriter>(Output);
            services?.Invoke(container);
        });
    }
}

/// <summary>One server for all tests of a class, which leave its clock and its users as they are.</summary>
public sealed class OneServer : IDisposable
{
    internal TestServer Server { get; } = TestServer.WithCredentials(services => services.AddSingleton<IStartupFilter>(new Probes()));

    public void Dispose() => Server.Dispose();
}

/// <summary>Keeps the report of the start, and says when it is there.</summary>
internal sealed class ReportWriter : StringWriter
{
    private readonly TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override void Flush() => _written.TrySetResult();

    public async Task<string> ReadAsync()
    {
        await _written.Task.WaitAsync(TimeSpan.FromMinutes(1));
        return ToString();
    }
}

/// <summary>Made before the store, which asks for the clock; so the container disposes it after the store.</summary>
internal sealed class End : IDisposable
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Reached => _reached.Task;

    public void Dispose() => _reached.TrySetResult();
}

/// <summary>A browser with one tab: cookies, and the header that our pages send.</summary>
internal sealed record Browser(HttpClient Client, CookieContainer Cookies)
{
    public string? Token => Cookies.GetCookies(Client.BaseAddress!)["platform-xsrf"]?.Value;

    public Task<HttpResponseMessage> SignInAsync(string password = TestServer.Password, string username = "admin") =>
        Client.PostAsJsonAsync("/api/session", new { username, password });

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? token)
    {
        var request = new HttpRequestMessage(method, path);
        if (token is not null)
            request.Headers.Add("X-XSRF-TOKEN", token);
        return Client.SendAsync(request);
    }
}

/// <summary>Time that moves only when a test moves it. Timers never fire: nothing here waits for one.</summary>
internal sealed class SteppingClock : TimeProvider
{
    private long _ticks = new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero).Ticks;

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref _ticks), TimeSpan.Zero);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Never();

    public void Advance(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);

    private sealed class Never : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => default;
    }
}

/// <summary>Keeps all log messages as text.</summary>
internal sealed class LogText : ILoggerProvider
{
    private readonly StringBuilder _text = new();

    public override string ToString()
    {
        lock (_text)
            return _text.ToString();
    }

    public ILogger CreateLogger(string categoryName) => new Writer(_text, categoryName);

    public void Dispose()
    {
    }

    private sealed class Writer(StringBuilder text, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (text)
                text.AppendLine($"{logLevel} {category}[{eventId.Id}] {formatter(state, exception)} {exception}");
        }
    }
}

/// <summary>Reads answers.</summary>
internal static class Answers
{
    public static async Task<JsonNode> JsonAsync(this HttpResponseMessage response) => JsonNode.Parse(await response.Content.ReadAsStringAsync())!;

    /// <summary>Checks that an answer is a problem with this status and code, in the right form.</summary>
    public static async Task<JsonNode> ShouldBeProblemAsync(this HttpResponseMessage response, HttpStatusCode status, string code)
    {
        var body = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(status, body);
        response.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json");
        var problem = JsonNode.Parse(body)!;
        problem["code"]!.GetValue<string>().ShouldBe(code);
        problem["status"]!.GetValue<int>().ShouldBe((int)status);
        return problem;
    }
}

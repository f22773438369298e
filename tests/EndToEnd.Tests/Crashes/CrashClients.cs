using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Platform.EndToEnd.Tests.Crashes;

/// <summary>Something that a client asked for.</summary>
/// <param name="Definition">The workflow.</param>
/// <param name="Subject">What its steps are written down under: the instance, or the event.</param>
public sealed record Wish(string Definition, string Subject)
{
    /// <summary>The server process that answered; null while nobody did, and then nothing was promised.</summary>
    public int? AnsweredIn { get; set; }

    /// <summary>Whether the answer said that the first step was done, and not only that the wish was stored.</summary>
    public bool IsRunWhenAnswered { get; set; }
}

/// <summary>What clients ask of the server, and their own book of what was answered.</summary>
/// <param name="seed">Decides who asks for what.</param>
public sealed class CrashClients(int seed)
{
    const int Workers = 4;
    readonly ConcurrentQueue<Wish> wishes = new();
    readonly ConcurrentDictionary<string, Wish> keyed = new();
    readonly ConcurrentQueue<string> published = new();
    readonly ConcurrentDictionary<string, bool> gone = new();
    int number;

    public IReadOnlyCollection<Wish> Wishes => wishes;

    /// <summary>Definitions whose publication was answered.</summary>
    public IReadOnlyCollection<string> Published => published;

    /// <summary>Instances that were told to go on, and an answer came.</summary>
    public IReadOnlyCollection<string> Gone => [.. gone.Keys];

    /// <summary>Loads a server until it is gone.</summary>
    public Task LoadAsync(HttpClient client, int life, CancellationToken stop) =>
        Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(() => WorkAsync(client, life, new Random((seed * 31) + (life * Workers) + worker), stop), CancellationToken.None)));

    /// <summary>Asks again for what nobody answered: keyed starts, and events that waiting instances need.</summary>
    public async Task RepeatAsync(HttpClient client, int life)
    {
        foreach (var (key, wish) in keyed)
            if (wish.AnsweredIn is null) await DispatchKeyedAsync(client, life, key, wish);
        foreach (var wish in wishes.Where(wish => wish.Definition == CrashWorkflows.Waits && !gone.ContainsKey(wish.Subject)))
            await GoAsync(client, wish.Subject);
    }

    public static async Task PublishAsync(HttpClient client, string id, JsonObject root, JsonObject? properties = null)
    {
        var model = new JsonObject { ["definitionId"] = id, ["name"] = id, ["root"] = root, ["customProperties"] = properties };
        using var response = await client.PostAsJsonAsync("/elsa/api/workflow-definitions", new JsonObject { ["model"] = model, ["publish"] = true });
        response.EnsureSuccessStatusCode();
    }

    async Task WorkAsync(HttpClient client, int life, Random random, CancellationToken stop)
    {
        try
        {
            while (!stop.IsCancellationRequested)
                await AskAsync(client, life, random);
        }
        catch (HttpRequestException)
        {
            // The server is gone: what it did not answer was not promised.
        }
        catch (TaskCanceledException)
        {
            // It stopped answering.
        }
    }

    Task AskAsync(HttpClient client, int life, Random random) => random.Next(100) switch
    {
        < 20 => WebAsync(client, life),
        < 35 => ExecuteAsync(client, life, NewWish(CrashWorkflows.TwoSteps)),
        < 50 => DispatchAsync(client, life, CrashWorkflows.TwoSteps),
        < 60 => KeyedAsync(client, life),
        < 70 => EventAsync(client, life),
        < 78 => WaitAndGoAsync(client, life),
        < 84 => GoAndWaitAsync(client, life),
        < 91 => DispatchAsync(client, life, CrashWorkflows.Parent),
        < 97 => DispatchAsync(client, life, CrashWorkflows.Fan),
        _ => PublishOneAsync(client),
    };

    async Task WebAsync(HttpClient client, int life)
    {
        var wish = NewWish(CrashWorkflows.Web);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/workflows/crash");
        request.Headers.Add("X-Workflow-Instance-ID", wish.Subject);
        using var response = await client.SendAsync(request);
        // Without the workflow's own answer, the shutdown came before it.
        wish.IsRunWhenAnswered = await AnswerAsync(wish, response, life) == "done";
    }

    static async Task ExecuteAsync(HttpClient client, int life, Wish wish)
    {
        using var response = await client.PostAsJsonAsync($"/elsa/api/workflow-definitions/{wish.Definition}/execute", BodyOf(wish));
        var state = JsonNode.Parse(await AnswerAsync(wish, response, life))!["workflowState"]!;
        wish.IsRunWhenAnswered = state["subStatus"]!.GetValue<string>() is "Suspended" or "Finished";
    }

    async Task DispatchAsync(HttpClient client, int life, string definition)
    {
        var wish = NewWish(definition);
        using var response = await client.PostAsJsonAsync($"/elsa/api/workflow-definitions/{definition}/dispatch", BodyOf(wish));
        await AnswerAsync(wish, response, life);
    }

    /// <summary>A start with an idempotency key. What was not answered is asked for again, after the crash.</summary>
    async Task KeyedAsync(HttpClient client, int life)
    {
        if (keyed.FirstOrDefault(pair => pair.Value.AnsweredIn is null) is { Key: { } open } pending)
        {
            await DispatchKeyedAsync(client, life, open, pending.Value);
            return;
        }

        var key = NewId();
        var wish = new Wish(CrashWorkflows.TwoSteps, "key:" + key);
        keyed[key] = wish;
        await DispatchKeyedAsync(client, life, key, wish);
    }

    async Task DispatchKeyedAsync(HttpClient client, int life, string key, Wish wish)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/elsa/api/workflow-definitions/{wish.Definition}/dispatch");
        request.Headers.Add("Idempotency-Key", key);
        request.Content = JsonContent.Create(new JsonObject { ["correlationId"] = key });
        using var response = await client.SendAsync(request);
        response.EnsureSuccessStatusCode();
        var id = (await response.Content.ReadFromJsonAsync<JsonObject>())!["workflowInstanceId"]!.GetValue<string>();
        wishes.Enqueue(new Wish(wish.Definition, id) { AnsweredIn = life });
        wish.AnsweredIn = life;
    }

    async Task EventAsync(HttpClient client, int life)
    {
        var wish = NewWish(CrashWorkflows.OnEvent);
        using var response = await client.PostAsJsonAsync($"/elsa/api/events/{CrashWorkflows.StartEvent}/trigger", EventFor(wish.Subject));
        await AnswerAsync(wish, response, life);
    }

    async Task WaitAndGoAsync(HttpClient client, int life)
    {
        var wish = NewWish(CrashWorkflows.Waits);
        await ExecuteAsync(client, life, wish);
        await GoAsync(client, wish.Subject);
    }

    /// <summary>The event comes before the instance that will wait for it, and is not sent again: what matches nothing yet has to be kept.</summary>
    async Task GoAndWaitAsync(HttpClient client, int life)
    {
        var wish = NewWish(CrashWorkflows.Waits);
        await GoAsync(client, wish.Subject);
        await ExecuteAsync(client, life, wish);
    }

    async Task GoAsync(HttpClient client, string subject)
    {
        using var response = await client.PostAsJsonAsync($"/elsa/api/events/{CrashWorkflows.GoEvent}/trigger", EventFor(subject));
        response.EnsureSuccessStatusCode();
        gone[subject] = true;
    }

    async Task PublishOneAsync(HttpClient client)
    {
        var id = NewId();
        await PublishAsync(client, id, CrashWorkflows.Nothing);
        published.Enqueue(id);
    }

    Wish NewWish(string definition)
    {
        var wish = new Wish(definition, NewId());
        wishes.Enqueue(wish);
        return wish;
    }

    string NewId() => $"n{Interlocked.Increment(ref number)}";

    static JsonObject BodyOf(Wish wish) => new() { ["instanceId"] = wish.Subject, ["correlationId"] = wish.Subject };

    static JsonObject EventFor(string subject) => new() { ["correlationId"] = subject, ["workflowExecutionMode"] = "Asynchronous" };

    /// <summary>From here on the server has promised it.</summary>
    static async Task<string> AnswerAsync(Wish wish, HttpResponseMessage response, int life)
    {
        var answer = await response.Content.ReadAsStringAsync();
        // A server that stops may say that it is not available. Anything else that is no success is a defect.
        if (response.StatusCode == System.Net.HttpStatusCode.ServiceUnavailable) throw new HttpRequestException("The server stops.");
        if (!response.IsSuccessStatusCode) throw new InvalidOperationException($"{wish.Definition} {wish.Subject}: {(int)response.StatusCode} {answer}");
        wish.AnsweredIn = life;
        return answer;
    }
}

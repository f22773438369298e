using Platform.Benchmarks;

// dotnet run -c Release --project tests/Benchmarks [engine|javascript|http|warmup|events|queue|stored|search|callservice|chaos]
// "chaos" takes --minutes=30 and --seed=1, and is not among "all".
// "bare" is the other side of the HTTP comparison, started by it as a process of its own.
switch (args.FirstOrDefault() ?? "all")
{
    case "bare":
        await BareEndpoint.RunAsync();
        break;
    case "engine":
        EngineBenchmarks.Run();
        break;
    case "javascript":
        JavaScriptBenchmarks.Run();
        break;
    case "http":
        await HttpBenchmarks.RunAsync();
        break;
    case "warmup":
        await WarmUpBenchmarks.RunAsync();
        break;
    case "events":
        await EventBenchmarks.RunAsync();
        break;
    case "queue":
        await QueueBenchmarks.RunAsync();
        break;
    case "stored":
        await StoredBenchmarks.RunAsync();
        break;
    case "chaos":
        return await Chaos.RunAsync(args);
    case "search":
        await SearchBenchmarks.RunAsync();
        break;
    case "callservice":
        await CallServiceBenchmarks.RunAsync();
        break;
    case "all":
        EngineBenchmarks.Run();
        JavaScriptBenchmarks.Run();
        await HttpBenchmarks.RunAsync();
        await WarmUpBenchmarks.RunAsync();
        await EventBenchmarks.RunAsync();
        await QueueBenchmarks.RunAsync();
        await StoredBenchmarks.RunAsync();
        await SearchBenchmarks.RunAsync();
        await CallServiceBenchmarks.RunAsync();
        break;
    default:
        Console.Error.WriteLine("Usage: dotnet run -c Release --project tests/Benchmarks [engine|javascript|http|warmup|events|queue|stored|search|callservice|chaos]");
        return 2;
}

return 0;

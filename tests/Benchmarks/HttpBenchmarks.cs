namespace Platform.Benchmarks;

internal static class HttpBenchmarks
{
    public static Task RunAsync() => Task.CompletedTask;
}

using System.Collections.Concurrent;
using System.Diagnostics;
using Platform.Engine;
using Activity = System.Diagnostics.Activity;

namespace Platform.Runtime.Tests.Telemetry;

/// <summary>Notes the current span as outgoing calls see it: at once, and after it waited.</summary>
[Activity("Test", "Test")]
public sealed class CurrentSpan : CodeActivity
{
    private static readonly ConcurrentDictionary<string, List<ActivitySpanId>> Noted = new(StringComparer.Ordinal);

    /// <summary>Whose notes.</summary>
    public Input<string> Key { get; set; } = new("");

    public static IReadOnlyList<ActivitySpanId> Of(string key) => Noted[key];

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var noted = Noted.GetOrAdd(Key.Get(context), _ => []);
        noted.Add(Activity.Current?.SpanId ?? default);
        await Task.Yield();
        noted.Add(Activity.Current?.SpanId ?? default);
    }
}

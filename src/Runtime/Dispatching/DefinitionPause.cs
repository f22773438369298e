using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Platform.Runtime.Dispatching;

/// <summary>What becomes of starts while a definition is paused.</summary>
public enum PauseMode
{
    /// <summary>They wait in the queue until the definition is resumed.</summary>
    Queue,

    /// <summary>They are refused, and counted. What was queued before waits, and so do children of running instances.</summary>
    Drop,
}

/// <summary>A definition of which nothing starts. Instances that run go on.</summary>
/// <param name="Mode">What becomes of starts.</param>
/// <param name="By">Who paused it.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Dropped">How many starts were dropped since.</param>
public sealed record DefinitionPause(PauseMode Mode, string By, DateTimeOffset At, long Dropped)
{
    /// <summary>Kind of the documents in which pauses are stored; their id is the definition.</summary>
    public const string DocumentKind = "definition-pause";

    /// <summary>Reads a stored pause.</summary>
    /// <param name="json">JSON text.</param>
    /// <exception cref="FormatException">It cannot be read.</exception>
    internal static DefinitionPause Read(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            var mode = root.GetProperty("mode").GetString() == nameof(PauseMode.Drop) ? PauseMode.Drop : PauseMode.Queue;
            var at = DateTimeOffset.Parse(root.GetProperty("at").GetString()!, CultureInfo.InvariantCulture);
            return new(mode, root.GetProperty("by").GetString() ?? "", at, root.GetProperty("dropped").GetInt64());
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or ArgumentNullException)
        {
            throw new FormatException("The pause is not of the form in which it is stored.", exception);
        }
    }

    /// <summary>The form in which it is stored.</summary>
    internal string ToJson() => new JsonObject
    {
        ["mode"] = Mode.ToString(),
        ["by"] = By,
        ["at"] = At.ToString("O", CultureInfo.InvariantCulture),
        ["dropped"] = Dropped,
    }.ToJsonString();
}

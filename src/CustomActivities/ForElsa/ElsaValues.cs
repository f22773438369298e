using System.Dynamic;
using System.Globalization;
using System.Text.Json;

namespace Platform.CustomActivities.ForElsa;

/// <summary>JSON of any shape as Elsa's activities know it: objects with free members, lists, texts and numbers.</summary>
internal static class DynamicJson
{
    /// <summary>Reads JSON.</summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public static object? Parse(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        return FromElement(document.RootElement);
    }

    /// <summary>Reads JSON; false when the text is not JSON.</summary>
    public static bool TryParse(string text, out object? value)
    {
        value = null;
        try
        {
            using var document = JsonDocument.Parse(text);
            value = FromElement(document.RootElement);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Writes a value as JSON.</summary>
    public static byte[] ToUtf8(object value) => JsonSerializer.SerializeToUtf8Bytes(value, JsonSerializerOptions.Web);

    private static object? FromElement(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => FromObject(element),
        JsonValueKind.Array => element.EnumerateArray().Select(FromElement).ToList(),
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Number => element.TryGetInt64(out var number) ? number : element.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    private static ExpandoObject FromObject(JsonElement element)
    {
        var members = new ExpandoObject();
        foreach (var member in element.EnumerateObject())
            ((IDictionary<string, object?>)members)[member.Name] = FromElement(member.Value);
        return members;
    }
}

/// <summary>Conversions that the activities of this project need.</summary>
internal static class ValueConverter
{
    /// <summary>A value as another type: texts and numbers by the invariant culture, anything else as text in JSON.</summary>
    public static T? Convert<T>(object? value) => value switch
    {
        null => default,
        T typed => typed,
        IConvertible => (T)System.Convert.ChangeType(value, typeof(T), CultureInfo.InvariantCulture),
        _ => (T)(object)JsonSerializer.Serialize(value, JsonSerializerOptions.Web),
    };
}

/// <summary>Never thrown with Elsa's packages: JSON that is too deep is a <see cref="JsonException"/> there.</summary>
internal sealed class ValueTooDeepException : Exception;

/// <summary>What our engine's executions have beyond Elsa's.</summary>
internal static class ElsaExecutions
{
    extension(ActivityExecutionContext context)
    {
        /// <summary>Elsa runs an activity again under the same id after a crash, and has no attempts.</summary>
        public string IdempotencyKey => context.Id;

        /// <summary>Evaluates an expression that is part of the activity's definition.</summary>
        public async ValueTask<T?> EvaluateAsync<T>(Expression expression) =>
            await context.GetRequiredService<Elsa.Expressions.Contracts.IExpressionEvaluator>().EvaluateAsync<T>(expression, context.ExpressionExecutionContext);
    }
}

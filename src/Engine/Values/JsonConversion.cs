using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Platform.Engine.Values;

/// <summary>Conversions that read JSON, or that carry an object over into another type by way of JSON.</summary>
internal static class JsonConversion
{
    private static readonly JsonDocumentOptions DomOptions = new()
    {
        AllowDuplicateProperties = false,
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
        MaxDepth = ValueLimits.DepthMax,
    };

    /// <summary>Whether values of this type are JSON themselves.</summary>
    /// <param name="target">Any type.</param>
    public static bool IsDom(Type target) =>
        target == typeof(JsonElement) || target == typeof(JsonDocument) || typeof(JsonNode).IsAssignableFrom(target);

    /// <summary>Converts JSON to any type: what it holds decides.</summary>
    /// <param name="dom">An element, a document or a node.</param>
    /// <param name="target">Any type.</param>
    /// <param name="conversion">The rules for the parts.</param>
    /// <param name="result">The value, or null.</param>
    public static bool TryFromDom(object dom, Type target, Conversion conversion, out object? result)
    {
        if (IsDom(target))
            return TryToDom(dom, target, out result);
        return TryToDynamic(dom, out result) && TryFromDynamic(result, target, conversion, out result);
    }

    /// <summary>Reads text that begins like JSON. Elsa's reference marks (<c>$id</c>, <c>$ref</c>) are resolved.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="target">Any type.</param>
    /// <param name="conversion">The rules for the parts.</param>
    /// <param name="result">The value, or null.</param>
    public static bool TryFromText(string text, Type target, Conversion conversion, out object? result)
    {
        if (IsDom(target) && TryParseDom(text, target, out result))
            return true;
        if (!DynamicJson.TryParse(text, out result))
            return false;
        if (text.Contains("\"$", StringComparison.Ordinal))
            result = JsonReferences.Resolve(result);
        return TryFromDynamic(result, target, conversion, out result);
    }

    /// <summary>Makes JSON of a value.</summary>
    /// <param name="value">Any value.</param>
    /// <param name="target">A type for which <see cref="IsDom"/> is true.</param>
    /// <param name="result">The JSON, or null.</param>
    /// <returns>False when the value is too deep or too large, or is not the kind of JSON that was asked for.</returns>
    public static bool TryToDom(object value, Type target, out object? result)
    {
        result = null;
        try
        {
            if (target == typeof(JsonElement))
                result = DynamicJson.ToElement(value);
            else if (target == typeof(JsonDocument))
                result = JsonDocument.Parse(DynamicJson.ToUtf8(value));
            else if (DynamicJson.ToNode(value) is { } node && target.IsInstanceOfType(node))
                result = node;
            return result is not null;
        }
        catch (Exception exception) when (ValueJson.IsFailure(exception))
        {
            return false;
        }
    }

    /// <summary>The dynamic form of an object: its members by name.</summary>
    /// <param name="value">Any value.</param>
    /// <param name="result">The dynamic value, or null.</param>
    /// <returns>False when the value is too deep or too large.</returns>
    public static bool TryToDynamic(object value, out object? result)
    {
        result = null;
        try
        {
            result = value switch
            {
                JsonElement element => DynamicJson.FromElement(element),
                JsonDocument document => DynamicJson.FromElement(document.RootElement),
                JsonNode node => DynamicJson.FromNode(node),
                _ => DynamicJson.Parse(DynamicJson.ToUtf8(value)),
            };
            return true;
        }
        catch (Exception exception) when (ValueJson.IsFailure(exception))
        {
            return false;
        }
    }

    /// <summary>Makes an object of another type from the members that a value has in JSON.</summary>
    /// <param name="value">A dictionary or an object.</param>
    /// <param name="target">Any type.</param>
    /// <param name="result">The object, or null.</param>
    /// <returns>False when the members do not fit, or the type cannot be made.</returns>
    public static bool TryRebuild(object value, Type target, out object? result)
    {
        result = null;
        if (target.IsPrimitive || target.IsEnum || target == typeof(decimal))
            return false;
        try
        {
            result = JsonSerializer.Deserialize(DynamicJson.ToUtf8(value), target, ValueJson.Options);
            return result is not null;
        }
        catch (Exception exception) when (ValueJson.IsFailure(exception))
        {
            return false;
        }
    }

    /// <summary>Straight from the text, so that numbers keep all their digits.</summary>
    private static bool TryParseDom(string text, Type target, out object? result)
    {
        result = null;
        try
        {
            var element = JsonElement.Parse(text, DomOptions);
            if (target == typeof(JsonElement))
                result = element;
            else if (target == typeof(JsonDocument))
                result = JsonDocument.Parse(text, DomOptions);
            else if (JsonNode.Parse(text, documentOptions: DomOptions) is { } node && target.IsInstanceOfType(node))
                result = node;
            return result is not null;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool TryFromDynamic(object? value, Type target, Conversion conversion, out object? result)
    {
        // JSON text of an object is the object, not one more level of JSON text.
        if (target == typeof(object) || target == typeof(IEnumerable))
        {
            result = value;
            return target == typeof(object) || value is IEnumerable;
        }

        return ValueConverter.TryConvert(value, target, conversion, out result);
    }
}

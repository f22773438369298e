using System.Reflection;
using System.Text.Json.Nodes;

namespace Platform.Server.OpenApi;

/// <summary>The parameters of routes: parts of the address, the query that the handler takes, headers.</summary>
/// <param name="texts">What members of records mean.</param>
/// <param name="schemas">Schemas of types.</param>
internal sealed class RouteParameters(XmlTexts texts, Schemas schemas)
{
    /// <summary>What the parameters mean that mean the same everywhere.</summary>
    private static readonly Dictionary<string, string> _common = new(StringComparer.OrdinalIgnoreCase)
    {
        ["skip"] = "How many rows to leave out in front.",
        ["take"] = "Most rows to answer, 1,000 at most.",
        ["definitionId"] = "Id of a workflow definition.",
    };

    /// <summary>The parameters of a route.</summary>
    /// <param name="operation">The route.</param>
    public JsonArray Of(ApiOperation operation)
    {
        var pattern = operation.Endpoint.RoutePattern;
        var given = operation.Endpoint.Metadata.GetOrderedMetadata<ParameterMetadata>();
        var parameters = new JsonArray();
        foreach (var part in pattern.Parameters)
            parameters.Add(Parameter(part.Name, "path", Text(part.Name, given, null), Plain(HandlerParameter(operation, part.Name)?.ParameterType ?? typeof(string)), isRequired: true, null));
        foreach (var (parameter, record) in QueryOf(operation).Where(query => !pattern.Parameters.Any(part => string.Equals(part.Name, query.Parameter.Name, StringComparison.OrdinalIgnoreCase))))
        {
            var name = char.ToLowerInvariant(parameter.Name![0]) + parameter.Name[1..];
            var text = Text(name, given, record is null ? null : texts.Of(record, parameter.Name));
            parameters.Add(Parameter(name, "query", text, Plain(parameter.ParameterType), !parameter.HasDefaultValue && !IsNullable(parameter), parameter.HasDefaultValue ? parameter.DefaultValue : null));
        }

        foreach (var header in given.Where(header => header.IsHeader))
            parameters.Add(Parameter(header.Name, "header", header.Text, new JsonObject { ["type"] = "string" }, isRequired: false, null));
        return parameters;
    }

    private static JsonObject Parameter(string name, string place, string? text, JsonNode schema, bool isRequired, object? standard)
    {
        if (standard is not null && schema is JsonObject described)
            described["default"] = standard switch { int number => number, bool flag => flag, _ => standard.ToString() };
        var parameter = new JsonObject { ["name"] = name, ["in"] = place };
        if (text is not null)
            parameter["description"] = text;
        if (isRequired)
            parameter["required"] = true;
        parameter["schema"] = schema;
        return parameter;
    }

    private static string? Text(string name, IReadOnlyList<ParameterMetadata> given, string? ofRecord) =>
        given.LastOrDefault(parameter => !parameter.IsHeader && string.Equals(parameter.Name, name, StringComparison.OrdinalIgnoreCase))?.Text
        ?? ofRecord ?? _common.GetValueOrDefault(name);

    private static ParameterInfo? HandlerParameter(ApiOperation operation, string name) =>
        operation.Endpoint.Metadata.GetMetadata<MethodInfo>()?.GetParameters().FirstOrDefault(parameter => string.Equals(parameter.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>What the handler takes from the query: everything simple, also out of a record.</summary>
    private static IEnumerable<(ParameterInfo Parameter, Type? Record)> QueryOf(ApiOperation operation)
    {
        foreach (var parameter in operation.Endpoint.Metadata.GetMetadata<MethodInfo>()?.GetParameters() ?? [])
        {
            if (parameter.GetCustomAttribute<AsParametersAttribute>() is not null)
            {
                foreach (var inner in parameter.ParameterType.GetConstructors()[0].GetParameters().Where(inner => IsPlain(inner.ParameterType)))
                    yield return (inner, parameter.ParameterType);
            }
            else if (IsPlain(parameter.ParameterType))
            {
                yield return (parameter, null);
            }
        }
    }

    private static bool IsPlain(Type type)
    {
        var inner = Nullable.GetUnderlyingType(type) ?? type;
        return inner.IsPrimitive || inner.IsEnum || inner == typeof(string) || inner == typeof(DateTimeOffset) || inner == typeof(TimeSpan) || inner == typeof(Guid);
    }

    private static bool IsNullable(ParameterInfo parameter) =>
        Nullable.GetUnderlyingType(parameter.ParameterType) is not null || new NullabilityInfoContext().Create(parameter).WriteState == NullabilityState.Nullable;

    private JsonNode Plain(Type type)
    {
        var inner = Nullable.GetUnderlyingType(type) ?? type;
        if (inner.IsEnum)
            return new JsonObject { ["type"] = "string", ["enum"] = new JsonArray([.. Enum.GetNames(inner).Select(name => (JsonNode)name)]) };
        if (inner == typeof(string))
            return new JsonObject { ["type"] = "string" };
        if (inner == typeof(bool))
            return new JsonObject { ["type"] = "boolean" };
        return inner.IsPrimitive ? new JsonObject { ["type"] = inner == typeof(double) || inner == typeof(float) ? "number" : "integer" } : schemas.Of(inner);
    }
}

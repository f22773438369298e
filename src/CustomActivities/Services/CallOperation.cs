using System.Collections;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Primitives;

namespace Platform.CustomActivities.Services;

/// <summary>
/// Calls an operation of a registered service, as it was imported from the service's OpenAPI document: the operation knows its method and
/// path and what its parameters are. Otherwise like <see cref="CallService"/>, with the same outcomes. Faults when a parameter is missing,
/// unknown or of another type.
/// </summary>
[Activity("Platform", "Services", "Call an operation of a registered service by its name.", DisplayName = "Call Operation")]
[FlowNode("Done", "Failed", "CircuitOpen")]
[ResilienceCategory("HTTP")]
public sealed class CallOperation : ServiceActivity
{
    /// <summary>Service and operation: <c>inventory/getItem</c>.</summary>
    [Input(Description = "The operation, as service/operation.", UIHint = InputUIHints.DropDown, UIHandler = typeof(OperationChoices))]
    public Input<string> Operation { get; set; } = new("");

    /// <summary>Values of its parameters by name.</summary>
    [Input(Description = "The parameters of the operation by name: those of its path, query and headers.", UIHint = InputUIHints.Dictionary)]
    public Input<IDictionary<string, object>?> Parameters { get; set; } = new((IDictionary<string, object>?)null);

    /// <summary>Body: an object is sent as JSON; text is sent as it is, as JSON when it looks like it.</summary>
    [Input(Description = "The body to send; objects become JSON.", UIHint = InputUIHints.MultiLine)]
    public Input<object?> Body { get; set; } = new((object?)null);

    /// <summary>Further headers by name. Masked in records.</summary>
    [Input(Description = "Further headers to send.", UIHint = InputUIHints.Dictionary, CanContainSecrets = true, Category = "Advanced")]
    public Input<IDictionary<string, object>?> Headers { get; set; } = new((IDictionary<string, object>?)null);

    /// <inheritdoc />
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var name = (context.Get(Operation) ?? "").Trim();
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0)
            throw new InvalidOperationException($"'{name}' names no operation. Write the service and the operation: inventory/getItem.");
        var service = context.GetRequiredService<ServiceRegistry>().Get(name[..slash]);
        var known = service.Options.Operations;
        if (!known.TryGetValue(name[(slash + 1)..], out var operation))
        {
            var hint = ConfigurationKeys.Nearest(name[(slash + 1)..], known.Keys) is { } nearest ? $"Did you mean '{nearest}'?"
                : known.Count == 0 ? "Import its OpenAPI document: POST /api/services/{name}/operations."
                : $"It has: {string.Join(", ", known.Keys.Order(StringComparer.OrdinalIgnoreCase))}.";
            throw new InvalidOperationException($"The service '{service.Name}' has no operation '{name[(slash + 1)..]}'. {hint}");
        }

        return SendAsync(context, service, Prepare(context, name, operation));
    }

    private ServiceRequest Prepare(ActivityExecutionContext context, string name, ServiceOperation operation)
    {
        var given = context.Get(Parameters) ?? new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (var unknown in given.Keys.Where(key => !operation.Parameters.ContainsKey(key)))
        {
            var hint = ConfigurationKeys.Nearest(unknown, operation.Parameters.Keys) is { } nearest ? $"Did you mean '{nearest}'?"
                : $"It takes: {string.Join(", ", operation.Parameters.Keys)}.";
            throw new InvalidOperationException($"The operation '{name}' has no parameter '{unknown}'. {hint}");
        }

        var path = operation.Path ?? "";
        var query = new List<string>();
        var headers = new List<KeyValuePair<string, StringValues>>();
        foreach (var (key, parameter) in operation.Parameters)
        {
            if (!given.TryGetValue(key, out var value) || value is null)
            {
                if (parameter.Required || parameter.In == ParameterPlace.Path)
                    throw new InvalidOperationException($"The operation '{name}' needs the parameter '{key}'.");
                continue;
            }

            Check(name, key, parameter.Type, value);
            var texts = ServiceJson.Texts(value);
            if (parameter.In == ParameterPlace.Path)
                path = path.Replace("{" + key + "}", Uri.EscapeDataString(texts.ToString()), StringComparison.Ordinal);
            else if (parameter.In == ParameterPlace.Header)
                headers.Add(KeyValuePair.Create(key, texts));
            else
                query.AddRange(texts.Select(text => $"{Uri.EscapeDataString(key)}={Uri.EscapeDataString(text ?? "")}"));
        }

        foreach (var (key, value) in context.Get(Headers) ?? new Dictionary<string, object>(StringComparer.Ordinal))
            headers.Add(KeyValuePair.Create(key, ServiceJson.Texts(value)));
        var (body, mediaType) = operation.Body == OperationBody.None ? (null, null) : ServiceJson.Write(context.Get(Body));
        if (operation.Body == OperationBody.Required && body is null)
            throw new InvalidOperationException($"The operation '{name}' needs a body.");
        var full = query.Count == 0 ? path : $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{string.Join('&', query)}";
        return new ServiceRequest(HttpMethod.Parse(operation.Method), full, headers, body, mediaType).WithKey(context.IdempotencyKey);
    }

    private static void Check(string name, string key, ParameterType type, object value)
    {
        var text = ServiceJson.Texts(value).ToString();
        var fits = type switch
        {
            ParameterType.Integer => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
            ParameterType.Number => decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _),
            ParameterType.Boolean => bool.TryParse(text, out _),
            ParameterType.String => value is string or not (IEnumerable or IDictionary),
            _ => true,
        };
        if (!fits)
            throw new InvalidOperationException($"The parameter '{key}' of the operation '{name}' takes values of the type {type}, and '{text}' is none.");
    }
}

/// <summary>Offers the operations of all registered services as choices.</summary>
/// <param name="registry">The services.</param>
public sealed class OperationChoices(ServiceRegistry registry) : DropDownOptionsProviderBase
{
    /// <inheritdoc />
    protected override bool RefreshOnChange => true;

    /// <inheritdoc />
    protected override ValueTask<ICollection<SelectListItem>> GetItemsAsync(PropertyInfo propertyInfo, object? context, CancellationToken cancellationToken) => new(
    [
        .. registry.Services.SelectMany(service => service.Options.Operations
            .OrderBy(operation => operation.Key, StringComparer.OrdinalIgnoreCase)
            .Select(operation => new SelectListItem($"{service.Name}: {operation.Key} ({operation.Value.Method} {operation.Value.Path})", $"{service.Name}/{operation.Key}"))),
    ]);
}

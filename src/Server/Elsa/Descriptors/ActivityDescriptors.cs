using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Engine;
using Platform.Engine.Plans;
using Platform.Engine.Values;

namespace Platform.Server.Elsa.Descriptors;

/// <summary>
/// Describes the activity types to designers. Studio reads the whole list after every save, so it is kept as bytes, packed and with an
/// entity tag; only types whose inputs have choices from a handler are described anew.
/// </summary>
/// <param name="catalog">The activity types.</param>
/// <param name="fields">Describes inputs.</param>
/// <param name="aliases">Names of types.</param>
/// <param name="services">Given to handlers of choices.</param>
internal sealed class ActivityDescriptors(ActivityCatalog catalog, InputFields fields, TypeAliases aliases, IServiceProvider services) : IDisposable
{
    private readonly bool _isFixed = catalog.Types.All(type => type.Inputs.All(input => input.Attribute is { UIHandler: null, UIHandlers: null }));
    private readonly SemaphoreSlim _gate = new(1, 1);
    private PackedDescriptors? _packed;
    private WorkflowActivityTypes? _packedWorkflows;

    /// <summary>The list of all types, packed.</summary>
    /// <param name="cancellationToken">Ends the handlers of choices.</param>
    public async ValueTask<PackedDescriptors> GetAsync(CancellationToken cancellationToken)
    {
        if (IsCurrent && _packed is { } known)
            return known;
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (IsCurrent && _packed is { } made)
                return made;
            var items = new List<ActivityDescriptor>();
            var workflows = catalog.Workflows;
            foreach (var type in catalog.Types.Concat(workflows.All.Select(workflow => workflow.Type)).OrderBy(type => type.TypeName, StringComparer.Ordinal).ThenBy(type => type.Version))
                items.Add(await DescribeAsync(type, cancellationToken));
            var bytes = JsonSerializer.SerializeToUtf8Bytes(new Listing<ActivityDescriptor>(items), WireJson.Of<Listing<ActivityDescriptor>>());
            var packed = PackedDescriptors.Of(bytes);
            // The same content keeps its packed form: packing costs more than describing.
            _packedWorkflows = workflows;
            return _packed = _packed?.EntityTag == packed.EntityTag ? _packed : packed;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>One type, or null.</summary>
    /// <param name="typeName">Its name.</param>
    /// <param name="version">Its version; null for the latest.</param>
    /// <param name="cancellationToken">Ends the handlers of choices.</param>
    public async ValueTask<ActivityDescriptor?> FindAsync(string typeName, int? version, CancellationToken cancellationToken) =>
        catalog.Find(typeName, version) is { } type && (version is null || type.Version == version) ? await DescribeAsync(type, cancellationToken) : null;

    /// <summary>The choices of an input by editor; null when the type has no such input, empty when the input has no choices.</summary>
    /// <param name="typeName">The activity type.</param>
    /// <param name="inputName">The input, in any case.</param>
    /// <param name="cancellationToken">Ends the handler.</param>
    public async ValueTask<JsonObject?> OptionsAsync(string typeName, string inputName, CancellationToken cancellationToken)
    {
        var input = catalog.Find(typeName)?.Inputs.FirstOrDefault(input => string.Equals(input.Name, inputName, StringComparison.OrdinalIgnoreCase));
        return input is null ? null : fields.Describe(input, await HandledAsync(input, cancellationToken)).UiSpecifications ?? [];
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    private bool IsCurrent => _isFixed && ReferenceEquals(_packedWorkflows, catalog.Workflows);

    private async ValueTask<ActivityDescriptor> DescribeAsync(ActivityType type, CancellationToken cancellationToken)
    {
        var inputs = new List<InputDescriptor>();
        foreach (var input in type.Inputs)
            inputs.Add(fields.Describe(input, await HandledAsync(input, cancellationToken)));
        return new ActivityDescriptor(
            type.TypeName,
            type.Namespace,
            type.Name,
            type.Version,
            type.Category,
            type.DisplayName,
            type.Description,
            inputs,
            [.. type.Outputs.Select(Describe)],
            type.Kind.ToString(),
            PortsOf(type),
            ToJson(type.CustomProperties),
            ToJson(type.ConstructionProperties),
            type.RunAsynchronously,
            type.IsContainer,
            type.IsBrowsable,
            type.IsStart,
            type.IsTerminal);
    }

    /// <summary>What the handlers of an input tell its editor; null when it has none.</summary>
    private async ValueTask<JsonObject?> HandledAsync(InputProperty input, CancellationToken cancellationToken)
    {
        var types = (input.Attribute.UIHandlers ?? []).Append(input.Attribute.UIHandler).OfType<Type>();
        if (input.Property is not { } property)
            return null;
        JsonObject? specifications = null;
        var handlers = types.Select(type => ActivatorUtilities.GetServiceOrCreateInstance(services, type)).OfType<IPropertyUIHandler>();
        foreach (var handler in handlers.OrderBy(handler => handler.Priority))
        {
            specifications ??= [];
            foreach (var (name, value) in await handler.GetUIPropertiesAsync(property, null, cancellationToken))
                specifications[name] = InputFields.ToJson(value);
        }

        return specifications;
    }

    private OutputDescriptor Describe(OutputProperty output) => new(
        output.Name,
        aliases.GetAlias(output.ValueType),
        output.Attribute.DisplayName ?? Words.Of(output.Name),
        output.Attribute.Description,
        0,
        output.Attribute.IsBrowsable,
        output.IsSynthetic,
        output.Attribute.IsSerializable);

    /// <summary>
    /// Places for one embedded activity, then outcomes. Lists of activities are canvases of their own, not ports. Behind the hidden port of
    /// a workflow used as an activity Studio finds that workflow; without it, looking into one is an error there.
    /// </summary>
    private static List<PortDescriptor> PortsOf(ActivityType type) =>
    [
        .. type.UsedWorkflow is not null ? [new PortDescriptor("Root", "Root", "Embedded", false)] : Array.Empty<PortDescriptor>(),
        .. type.Ports.Where(port => typeof(IActivity).IsAssignableFrom(port.Property.PropertyType))
            .Select(port => new PortDescriptor(port.Name, port.DisplayName, "Embedded", port.IsBrowsable)),
        .. type.Outcomes.Select(outcome => new PortDescriptor(outcome, outcome, "Flow", true)),
    ];

    private static JsonObject ToJson(IReadOnlyDictionary<string, object> properties)
    {
        var json = new JsonObject();
        foreach (var (key, value) in properties)
            json[key] = DynamicJson.ToNode(value);
        return json;
    }
}

/// <summary>A JSON reply in every encoding that browsers ask for.</summary>
internal sealed record PackedDescriptors(string EntityTag, byte[] Plain, byte[] Gzip, byte[] Brotli)
{
    /// <summary>Packs a reply.</summary>
    public static PackedDescriptors Of(byte[] json) => new(
        $"\"{Convert.ToHexStringLower(SHA256.HashData(json).AsSpan(0, 16))}\"",
        json,
        Pack(json, stream => new GZipStream(stream, CompressionLevel.Optimal)),
        Pack(json, stream => new BrotliStream(stream, CompressionLevel.Optimal)));

    private static byte[] Pack(byte[] json, Func<Stream, Stream> open)
    {
        using var buffer = new MemoryStream();
        using (var stream = open(buffer))
            stream.Write(json);
        return buffer.ToArray();
    }
}

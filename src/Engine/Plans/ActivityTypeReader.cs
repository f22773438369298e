using System.Collections;
using System.Reflection;
using System.Text;
using System.Text.Json.Serialization;
using Platform.Engine.Activities;

namespace Platform.Engine.Plans;

/// <summary>Reads an <see cref="ActivityType"/> from an activity class: attributes first, conventions where they are silent.</summary>
internal static class ActivityTypeReader
{
    public static ActivityType Read(Type type)
    {
        var attribute = type.GetCustomAttribute<ActivityAttribute>() ?? new ActivityAttribute();
        var name = attribute.Type ?? type.Name.Split('`')[0];
        var @namespace = attribute.Namespace ?? type.Namespace ?? "";
        var isTrigger = typeof(ITrigger).IsAssignableFrom(type);
        var properties = Properties(type);
        var ports = properties.Select(ReadPort).OfType<PortProperty>().ToList();
        var outcomes = type.GetCustomAttribute<FlowNodeAttribute>()?.Outcomes;
        return new ActivityType
        {
            TypeName = @namespace.Length == 0 ? name : $"{@namespace}.{name}",
            Namespace = @namespace,
            Name = name,
            Version = attribute.Version,
            DisplayName = attribute.DisplayName ?? InWords(name),
            Description = attribute.Description,
            Category = attribute.Category ?? (@namespace.Length == 0 ? "Miscellaneous" : @namespace.Split('.')[^1]),
            Kind = isTrigger && attribute.Kind == ActivityKind.Action ? ActivityKind.Trigger : attribute.Kind,
            RunAsynchronously = attribute.RunAsynchronously,
            IsBrowsable = type.GetCustomAttribute<BrowsableAttribute>()?.IsBrowsable ?? true,
            IsContainer = typeof(IVariableContainer).IsAssignableFrom(type) && !typeof(Composite).IsAssignableFrom(type),
            IsStart = typeof(IStartNode).IsAssignableFrom(type),
            IsTerminal = typeof(ITerminalNode).IsAssignableFrom(type),
            Inputs = [.. properties.Select(ReadInput).OfType<InputProperty>().OrderBy(input => input.Attribute.Order)],
            Outputs = [.. properties.Select(property => ReadOutput(type, property)).OfType<OutputProperty>()],
            Ports = [.. ports.Where(port => !IsCodeOnly(port))],
            CodePorts = [.. ports.Where(IsCodeOnly)],
            Outcomes = outcomes ?? (typeof(ITerminalNode).IsAssignableFrom(type) ? [] : Outcomes.Done),
            CustomProperties = ReadFacts(type),
            Create = () => Create(type),
        };
    }

    /// <summary>The constructor that needs nothing: without parameters, or with optional ones only, as Elsa's activities take their place in the source.</summary>
    public static ConstructorInfo? Constructor(Type type) =>
        type.GetConstructors().Where(candidate => candidate.GetParameters().All(parameter => parameter.IsOptional))
            .MinBy(candidate => candidate.GetParameters().Length);

    private static Activity Create(Type type)
    {
        var constructor = Constructor(type) ?? throw new InvalidOperationException(
            $"The activity class '{type.FullName}' has no constructor that documents can use. Give it a public one without parameters.");
        return (Activity)constructor.Invoke([.. constructor.GetParameters().Select(parameter => parameter.DefaultValue)]);
    }

    /// <summary>What designers offer for the type beyond its inputs.</summary>
    private static Dictionary<string, object> ReadFacts(Type type)
    {
        var facts = new Dictionary<string, object>(StringComparer.Ordinal);
        if (type.GetCustomAttribute<ResilienceCategoryAttribute>() is not { } resilience)
            return facts;
        facts["Resilient"] = true;
        facts["ResilienceCategory"] = resilience.Category;
        return facts;
    }

    /// <summary>"FlowSwitch" becomes "Flow Switch"; runs of capitals stay together.</summary>
    public static string InWords(string name)
    {
        var words = new StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            var startsWord = i > 0 && char.IsUpper(name[i])
                && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])));
            if (startsWord)
                words.Append(' ');
            words.Append(name[i]);
        }

        return words.ToString();
    }

    /// <summary>Public properties, those of base classes after those of the class itself.</summary>
    private static List<PropertyInfo> Properties(Type type) =>
        [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.GetIndexParameters().Length == 0)];

    private static bool IsCodeOnly(PortProperty port) => port.Property.IsDefined(typeof(JsonIgnoreAttribute));

    private static InputProperty? ReadInput(PropertyInfo property)
    {
        var isWrapped = property.PropertyType.IsGenericType && property.PropertyType.GetGenericTypeDefinition() == typeof(Input<>);
        var attribute = property.GetCustomAttribute<InputAttribute>();
        if (!isWrapped && attribute is null)
            return null;
        if (property.GetCustomAttribute<BrowsableAttribute>() is { IsBrowsable: false } && attribute is not null)
            attribute.IsBrowsable = false;
        return new InputProperty(
            attribute?.Name ?? property.Name,
            isWrapped ? property.PropertyType.GetGenericArguments()[0] : property.PropertyType,
            isWrapped,
            attribute ?? new InputAttribute(),
            property.GetValue,
            (activity, value) => property.SetValue(activity, value))
        {
            Property = property,
        };
    }

    private static OutputProperty? ReadOutput(Type type, PropertyInfo property)
    {
        if (!property.PropertyType.IsGenericType || property.PropertyType.GetGenericTypeDefinition() != typeof(Output<>))
            return null;
        var ofClass = property.Name == "Result" && property.DeclaringType != type ? type.GetCustomAttribute<OutputAttribute>() : null;
        var attribute = ofClass ?? property.GetCustomAttribute<OutputAttribute>() ?? new OutputAttribute();
        return new OutputProperty(
            attribute.Name ?? property.Name,
            property.PropertyType.GetGenericArguments()[0],
            attribute,
            activity => (Output?)property.GetValue(activity),
            (activity, value) => property.SetValue(activity, value));
    }

    private static PortProperty? ReadPort(PropertyInfo property)
    {
        var attribute = property.GetCustomAttribute<PortAttribute>();
        var holdsActivities = typeof(IActivity).IsAssignableFrom(property.PropertyType)
            || (typeof(IEnumerable).IsAssignableFrom(property.PropertyType) && property.PropertyType.IsGenericType
                && typeof(IActivity).IsAssignableFrom(property.PropertyType.GetGenericArguments()[0]));
        // Without the attribute, what documents do not know is a reference to an activity that some port holds.
        if (!holdsActivities || (attribute is null && property.IsDefined(typeof(JsonIgnoreAttribute))))
            return null;
        var name = attribute?.Name ?? property.Name;
        return new PortProperty(
            name,
            ActivityType.ToWireName(property.Name),
            attribute?.DisplayName ?? InWords(name),
            attribute?.IsBrowsable ?? (property.GetCustomAttribute<BrowsableAttribute>()?.IsBrowsable ?? false),
            property);
    }
}

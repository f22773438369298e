using System.Reflection;

namespace Platform.Engine;

/// <summary>Tells the editor of an input what it needs to know besides the value, at run time. Named by an <see cref="InputAttribute"/>; made by the host with its services.</summary>
public interface IPropertyUIHandler
{
    /// <summary>Handlers of one input run from low to high; later ones replace what earlier ones said. Default: 0.</summary>
    float Priority => 0;

    /// <summary>What to add to the input's <c>uiSpecifications</c>, by name: strings, numbers, flags, collections, or the property objects of this file.</summary>
    /// <param name="propertyInfo">The input's property.</param>
    /// <param name="context">Values that the designer sent along, or null.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    ValueTask<IDictionary<string, object>> GetUIPropertiesAsync(PropertyInfo propertyInfo, object? context, CancellationToken cancellationToken = default);
}

/// <summary>Gives a dropdown its choices.</summary>
public abstract class DropDownOptionsProviderBase : IPropertyUIHandler
{
    /// <inheritdoc />
    public virtual float Priority => 0;

    /// <summary>Whether the designer asks for the choices again when other inputs change. Default: false.</summary>
    protected virtual bool RefreshOnChange => false;

    /// <inheritdoc />
    public virtual async ValueTask<IDictionary<string, object>> GetUIPropertiesAsync(
        PropertyInfo propertyInfo, object? context, CancellationToken cancellationToken = default)
    {
        var items = await GetItemsAsync(propertyInfo, context, cancellationToken);
        var properties = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [InputUIHints.DropDown] = new DropDownProps { SelectList = new SelectList(items) },
        };
        if (RefreshOnChange)
            properties["Refresh"] = true;
        return properties;
    }

    /// <summary>The choices.</summary>
    /// <param name="propertyInfo">The input's property.</param>
    /// <param name="context">Values that the designer sent along, or null.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    protected abstract ValueTask<ICollection<SelectListItem>> GetItemsAsync(PropertyInfo propertyInfo, object? context, CancellationToken cancellationToken);
}

/// <summary>What a dropdown needs to know.</summary>
public sealed class DropDownProps
{
    /// <summary>The choices, or null.</summary>
    public SelectList? SelectList { get; set; }
}

/// <summary>Choices.</summary>
/// <param name="Items">The choices, in the order shown.</param>
/// <param name="IsFlagsEnum">Whether several may be chosen at once and are added up. Default: false.</param>
public sealed record SelectList(ICollection<SelectListItem> Items, bool IsFlagsEnum = false);

/// <summary>One choice of a dropdown or list.</summary>
/// <param name="Text">What people see.</param>
/// <param name="Value">What is stored.</param>
public sealed record SelectListItem(string Text, string Value);

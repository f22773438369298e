using System.Reflection;
using Platform.Engine;

namespace Acme.Orders;

/// <summary>Lets people choose from what a service knows at design time.</summary>
[Activity("Acme", "Orders", "Ships an order.")]
public class ShipOrder : CodeActivity
{
    [Input(Description = "Where to.", UIHint = InputUIHints.DropDown, UIHandler = typeof(RegionOptions))]
    public Input<string> Region { get; set; } = default!;

    [Input(Description = "Notes.", UIHint = InputUIHints.CodeEditor, UIHandlers = [typeof(MarkdownEditor)])]
    public Input<string> Notes { get; set; } = default!;

    protected override void Execute(ActivityExecutionContext context) =>
        context.GetRequiredService<TextWriter>().WriteLine($"{Region.Get(context)}: {Notes.Get(context)}");
}

public interface IRegions
{
    IReadOnlyList<string> Names { get; }
}

public class RegionOptions(IRegions regions) : DropDownOptionsProviderBase
{
    protected override bool RefreshOnChange => true;

    protected override ValueTask<ICollection<SelectListItem>> GetItemsAsync(PropertyInfo propertyInfo, object? context, CancellationToken cancellationToken)
    {
        var items = regions.Names.Select(name => new SelectListItem(name.ToUpperInvariant(), name)).ToList();
        return new(items);
    }
}

public class MarkdownEditor : IPropertyUIHandler
{
    public float Priority => 1;

    public ValueTask<IDictionary<string, object>> GetUIPropertiesAsync(PropertyInfo propertyInfo, object? context, CancellationToken cancellationToken = default) =>
        new(new Dictionary<string, object> { ["editor-height"] = "Large", ["CodeEditorOptions"] = new Dictionary<string, object> { ["language"] = "markdown" } });
}

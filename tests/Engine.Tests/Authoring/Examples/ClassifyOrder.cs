using Platform.Engine;

namespace Acme.Orders;

/// <summary>Ends with one of the outcomes that the workflow's author listed, by the amount of an order.</summary>
[Activity("Acme", "Orders", "Classifies an order by its amount.")]
[FlowNode("Unknown")]
public class ClassifyOrder : Activity
{
    [Input(Description = "The amount.")]
    public Input<decimal> Amount { get; set; } = default!;

    [Input(Description = "The classes, from small to large, each up to ten times the one before.", UIHint = InputUIHints.DynamicOutcomes)]
    public Input<ICollection<string>> PossibleOutcomes { get; set; } = default!;

    protected override bool CanExecute(ActivityExecutionContext context) => Amount.Get(context) >= 0;

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        await context.ScheduleOutcomesAsync("Announced");
        var classes = PossibleOutcomes.GetOrDefault(context) ?? [];
        var index = (int)Math.Log10((double)Math.Max(1, Amount.Get(context)));
        await context.CompleteActivityWithOutcomesAsync(index < classes.Count ? classes.ElementAt(index) : "Unknown");
    }
}

using Platform.Engine;
using Platform.Engine.Activities;

namespace Acme.Orders;

/// <summary>A composite whose inside is a flowchart, with activities of its own that need no registration.</summary>
[Activity("Acme", "Orders", "Decides what to do with an order.")]
public class TriageOrder : Composite
{
    public TriageOrder()
    {
        var small = new WriteLine("small");
        var large = new WriteLine(context => $"large: {Amount.Get(context)}");
        var check = new CheckAmount { Amount = new(context => Amount.Get(context)) };
        var stop = new Stop();
        Root = new Flowchart
        {
            Start = check,
            Activities = [new WriteLine("never"), small, large, check, stop],
            Connections =
            [
                new Connection(new Endpoint(check, "Small"), new Endpoint(small)),
                new Connection(new Endpoint(check, "Large"), new Endpoint(large)),
                new Connection(small, stop),
                new Connection(stop, large),
            ],
        };
    }

    [Input(Description = "The amount.")]
    public Input<int> Amount { get; set; } = default!;

    [FlowNode("Small", "Large")]
    private sealed class CheckAmount : Activity
    {
        public Input<int> Amount { get; set; } = default!;

        protected override ValueTask ExecuteAsync(ActivityExecutionContext context) =>
            context.CompleteActivityWithOutcomesAsync(Amount.Get(context) < 10 ? "Small" : "Large");
    }

    private sealed class Stop : CodeActivity, ITerminalNode;
}

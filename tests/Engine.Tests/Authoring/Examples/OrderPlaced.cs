using Platform.Engine;

namespace Acme.Orders;

/// <summary>Starts a workflow, or lets one go on, when an order is placed in one of the given shops.</summary>
[Activity("Acme", "Events", "Waits for an order.")]
public class OrderPlaced : Trigger<object>
{
    [Input(Description = "The shops.")]
    public Input<ICollection<string>> Shops { get; set; } = default!;

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (context.IsTriggerOfWorkflow())
        {
            await OnOrderAsync(context);
            return;
        }

        context.CreateBookmarks(Shops.Get(context).Select(shop => new OrderStimulus(shop)), OnOrderAsync, includeActivityInstanceId: false);
    }

    protected override IEnumerable<object> GetTriggerPayloads(TriggerIndexingContext context) =>
        Shops.Get(context.ExpressionExecutionContext).Select(shop => new OrderStimulus(shop));

    private async ValueTask OnOrderAsync(ActivityExecutionContext context)
    {
        context.SetResult(context.GetInput<object>("Order"));
        await context.CompleteActivityAsync();
    }
}

/// <summary>The smallest trigger: one payload, taken from an input.</summary>
[Activity("Acme", "Events", "Waits for a parcel.")]
public class ParcelArrived : Trigger
{
    public Input<string> Depot { get; set; } = new("main");

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (!context.IsTriggerOfWorkflow())
            context.CreateBookmark(new OrderStimulus(Depot.Get(context)), includeActivityInstanceId: false);
        else
            await context.CompleteActivityAsync();
    }

    protected override object GetTriggerPayload(TriggerIndexingContext context) => new OrderStimulus(context.GetInput(Depot)!);
}

public record OrderStimulus(string Shop);

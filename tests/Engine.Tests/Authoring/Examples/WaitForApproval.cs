using Platform.Engine;

namespace Acme.Orders;

/// <summary>Waits for somebody to decide about an order; the decision comes with the stimulus.</summary>
[Activity("Acme", "Approvals", "Waits for the approval of an order.")]
[FlowNode("Approved", "Rejected")]
public class WaitForApproval : Activity
{
    [Input(Description = "The order.")]
    public Input<string> OrderId { get; set; } = default!;

    [Output(Description = "What the approver wrote.")]
    public Output<string> Comments { get; set; } = default!;

    protected override void Execute(ActivityExecutionContext context)
    {
        context.SetProperty("OrderId", OrderId.Get(context));
        context.CreateBookmark(new CreateBookmarkArgs
        {
            Stimulus = new ApprovalStimulus(OrderId.Get(context)),
            Callback = OnResumeAsync,
            IncludeActivityInstanceId = false,
            Metadata = new Dictionary<string, string> { ["role"] = "manager" },
        });
    }

    private async ValueTask OnResumeAsync(ActivityExecutionContext context)
    {
        var approved = context.WorkflowInput.Get<bool>("Approved");
        if (context.TryGetWorkflowInput<string>("Comments", out var comments))
            Comments.Set(context, comments);
        context.JournalData["Order"] = context.GetProperty<string>("OrderId");
        await context.CompleteActivityWithOutcomesAsync(approved ? "Approved" : "Rejected");
    }
}

public record ApprovalStimulus(string OrderId);

using Platform.Engine;
using Platform.Engine.Activities;
using Platform.Engine.Expressions;

namespace Acme.Orders;

/// <summary>Three steps as one: greets by name, or ends early when the customer wants no greeting.</summary>
[Activity("Acme", "Customers", "Greets a customer.")]
[FlowNode("Done", "Silent")]
public class GreetCustomer : Composite<string>
{
    private readonly Variable<string> _greeting = new("Greeting", "");
    private readonly Variable<int> _length = new();

    public GreetCustomer()
    {
        Variables = [_greeting, _length];
        Root = new Sequence
        {
            Activities =
            {
                new If
                {
                    Condition = new(context => Customer.Get(context) == "nobody"),
                    Then = new Sequence
                    {
                        Activities =
                        {
                            new SetOutput { OutputName = new("Result"), OutputValue = new("not greeted") },
                            new Complete { Outcomes = new("Silent") },
                        },
                    },
                },
                new SetVariable { Variable = _greeting, Value = new(context => $"Hello {Customer.Get(context)}") },
                Inline.From(context => _greeting.Get(context)!.Length, _length),
                new WriteLine(context => $"{_greeting.Get(context)} ({_length.Get(context)})"),
                new WriteLine { Text = new(JavaScriptExpression.Create("`${variables.Greeting}`")) },
                new WriteLine(_greeting),
            },
        };
    }

    [Input(Description = "Name of the customer.")]
    public Input<string> Customer { get; set; } = default!;

    protected override void OnCompleted(ActivityCompletedContext context) =>
        context.TargetContext.Set(Result, _greeting.Get(context.ChildContext!));
}

/// <summary>Waits in the middle, and passes on what one part puts out to the next.</summary>
[Activity("Acme", "Customers", "Asks for approval and says what was decided.")]
public class AskAndTell : Composite
{
    public AskAndTell()
    {
        var comments = new Variable<string>().WithWorkflowStorage();
        var answer = new Variable<int>();
        var sum = new Sum { Result = new(answer), A = new(() => 20), B = new(async _ => await Task.FromResult(22)) };
        Variables = [comments, answer];
        Root = new Sequence
        {
            Activities =
            {
                new WaitForApproval { OrderId = new(context => Order.Get(context)), Comments = new(comments) },
                sum,
                new WriteLine(context => $"{comments.Get(context)} {answer.Get(context)} {sum.GetOutput<Sum, int>(context, x => x.Result)} {context.GetOutput("Sum1")}"),
            },
        };
    }

    public Input<string> Order { get; set; } = default!;
}

// An activity as people write it for Elsa. Only the usings differ: there they are Elsa.Workflows, Elsa.Workflows.Attributes,
// Elsa.Workflows.Memory, Elsa.Workflows.Models and Elsa.Extensions.
using System.Runtime.CompilerServices;
using Platform.Engine;

namespace Acme.Orders;

/// <summary>Adds two numbers: a result, and the place in the source that made it.</summary>
[Activity("Acme", "Math", "Adds two numbers.")]
public class Sum : CodeActivity<int>
{
    public Sum([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    public Sum(Variable<int> a, Variable<int> b, Variable<int> result, [CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : this(source, line)
    {
        A = new(a);
        B = new(b);
        Result = new(result);
    }

    [Input(Description = "The first number.")]
    public Input<int> A { get; set; } = default!;

    [Input(Description = "The second number.", DefaultValue = 1)]
    public Input<int> B { get; set; } = default!;

    protected override void Execute(ActivityExecutionContext context)
    {
        var a = A.Get(context);
        var b = B.GetOrDefault(context, () => 1);
        context.AddExecutionLogEntry("Added", $"{a} + {b}");
        context.SetResult(a + b);
    }
}

/// <summary>Divides: several outputs, one of them a text.</summary>
[Activity("Acme", "Math", "Divides two numbers.", DisplayName = "Divide exactly")]
public class Divide : CodeActivity
{
    [Input(Description = "The dividend.")]
    public Input<decimal> Dividend { get; set; } = default!;

    [Input(Description = "The divisor.")]
    public Input<decimal> Divisor { get; set; } = default!;

    [Output(Description = "The quotient.")]
    public Output<decimal> Quotient { get; set; } = default!;

    [Output(DisplayName = "Worked", Description = "Whether there is a quotient.")]
    public Output<bool> Success { get; set; } = default!;

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var divisor = context.Get(Divisor);
        await Task.Yield();
        Success.Set(context, divisor != 0);
        if (divisor != 0)
            context.Set(Quotient, Dividend.Get(context) / divisor);
    }
}

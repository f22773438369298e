using System.Runtime.CompilerServices;
using System.Text;

namespace Platform.Scripting.Liquid;

/// <summary>Counts what one render uses and stops it at its limits.</summary>
internal sealed class RenderBudget
{
    // A look at the clock costs about as much as 50 steps.
    private const int StepsBetweenLooks = 1_000;

    private readonly LiquidLimits _limits;
    private readonly TimeProvider _time;
    private readonly long _start;
    private long _steps;
    private long _nextLook = StepsBetweenLooks;
    private long _memory;
    private int _depth;

    public RenderBudget(LiquidOptions options, CancellationToken cancellation)
    {
        _limits = options.Limits;
        _time = options.TimeProvider;
        _start = _time.GetTimestamp();
        Cancellation = cancellation;
        cancellation.ThrowIfCancellationRequested();
    }

    public CancellationToken Cancellation { get; }

    public void Step() => Steps(1);

    public void Steps(long count)
    {
        _steps += count;
        if (_steps > _limits.StepsMax)
            throw new LiquidLimitException(LiquidLimitKind.Steps, $"The template took more than {_limits.StepsMax} steps");
        if (_steps >= _nextLook)
            Look();
    }

    /// <summary>Announces text that is about to be made.</summary>
    public void Text(double length)
    {
        if (length <= 0)
            return;
        Memory(length * 2);
        Steps((long)(length / 64));
    }

    /// <summary>Announces a list that is about to be made.</summary>
    public void List(double count)
    {
        if (count <= 0)
            return;
        Memory(count * 16);
        Steps((long)count);
    }

    public void Memory(double bytes)
    {
        if (_memory + bytes > _limits.MemoryBytesMax)
            throw new LiquidLimitException(LiquidLimitKind.Memory, $"The template made more than {_limits.MemoryBytesMax} bytes of values");
        _memory += (long)bytes;
    }

    public void CheckOutput(long length)
    {
        if (length > _limits.OutputLengthMax)
            throw new LiquidLimitException(LiquidLimitKind.OutputLength, $"The result has more than {_limits.OutputLengthMax} characters");
    }

    public void Enter()
    {
        if (_depth >= _limits.DepthMax || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw new LiquidLimitException(LiquidLimitKind.Depth, $"The template is nested more than {_limits.DepthMax} levels deep");
        _depth++;
    }

    public void Leave() => _depth--;

    private void Look()
    {
        _nextLook = _steps + StepsBetweenLooks;
        Cancellation.ThrowIfCancellationRequested();
        if (_time.GetElapsedTime(_start) > _limits.TimeMax)
            throw new LiquidLimitException(LiquidLimitKind.Time, $"The template took longer than {_limits.TimeMax}");
    }
}

/// <summary>Text that is being rendered: the result, or what a block captures.</summary>
internal sealed class TextOutput(RenderBudget budget, bool isResult)
{
    private readonly StringBuilder _text = new();

    public void Write(string text)
    {
        if (isResult)
            budget.CheckOutput(_text.Length + (long)text.Length);
        else
            budget.Text(text.Length);
        _text.Append(text);
    }

    public override string ToString() => _text.ToString();
}

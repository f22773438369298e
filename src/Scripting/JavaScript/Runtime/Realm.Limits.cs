using System.Globalization;
using System.Runtime.CompilerServices;

namespace Platform.Scripting.JavaScript;

/// <summary>The budgets of a run.</summary>
internal sealed partial class Realm
{
    private const int StepsPerCheck = 2048;

    private readonly CancellationToken _cancellation;
    private readonly long _startedAt;
    private long _stepsLeft;
    private int _stepsToCheck;
    private int _chunk;
    private long _allocated;
    private long _memoryCheckAt;

    /// <summary>Counts one unit of work.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step()
    {
        if (--_stepsToCheck <= 0)
            CheckBudget();
    }

    /// <summary>Counts one hop along a prototype chain.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StepChain() => Step();

    /// <summary>Counts work that a built-in does at once.</summary>
    public void Step(int count)
    {
        if (count <= 0)
            return;
        _stepsLeft -= count - 1;
        if (_stepsLeft < 0 || count > StepsPerCheck)
            CheckBudget();
        Step();
    }

    public void Step(double count) => Step((int)Math.Min(count, int.MaxValue));

    /// <summary>Accounts memory before it is taken.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Allocate(long bytes)
    {
        _allocated += bytes;
        if (_allocated > _memoryCheckAt)
            CheckMemory(bytes);
    }

    /// <summary>Refuses a string that would be too long; call before building it.</summary>
    public void CheckStringLength(double length)
    {
        if (length > Limits.StringLengthMax)
            throw StringTooLong(length);
    }

    /// <summary>Accounts a string that a built-in is about to make.</summary>
    public void AllocateText(double length)
    {
        CheckStringLength(length);
        Step((int)length / 64);
        Allocate(24 + ((long)length * 2));
    }

    public void CheckArrayLength(double length)
    {
        if (length > Limits.ArrayLengthMax)
            throw ArrayTooLong((long)Math.Min(length, long.MaxValue));
    }

    public JsLimitException StringTooLong(double length) => new(
        JsLimitKind.StringLength,
        string.Create(CultureInfo.InvariantCulture, $"A string would have {length} characters; the limit is {Limits.StringLengthMax}"));

    public JsLimitException ArrayTooLong(long length) => new(
        JsLimitKind.ArrayLength,
        string.Create(CultureInfo.InvariantCulture, $"An array would have {length} elements; the limit is {Limits.ArrayLengthMax}"));

    public JsLimitException RegexTooSlow() => new(
        JsLimitKind.RegexTime,
        string.Create(CultureInfo.InvariantCulture, $"A regular expression took longer than {Limits.RegexTimeMax.TotalMilliseconds} ms"));

    /// <summary>Time that is left of <see cref="JsLimits.TimeMax"/>.</summary>
    public TimeSpan TimeLeft()
    {
        var left = Limits.TimeMax - Options.TimeProvider.GetElapsedTime(_startedAt);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    public void CheckTime()
    {
        _cancellation.ThrowIfCancellationRequested();
        if (Options.TimeProvider.GetElapsedTime(_startedAt) > Limits.TimeMax)
        {
            throw new JsLimitException(
                JsLimitKind.Time,
                string.Create(CultureInfo.InvariantCulture, $"The script ran longer than {Limits.TimeMax.TotalSeconds} s"));
        }
    }

    private JsLimitException TooDeep() => new(
        JsLimitKind.Depth,
        string.Create(CultureInfo.InvariantCulture, $"Calls are nested deeper than {Limits.DepthMax}"));

    private void CheckBudget()
    {
        _stepsLeft -= _chunk - _stepsToCheck;
        if (_stepsLeft < 0)
        {
            throw new JsLimitException(
                JsLimitKind.Steps,
                string.Create(CultureInfo.InvariantCulture, $"The script made more than {Limits.StepsMax} steps"));
        }

        StartChunk();
        CheckTime();
    }

    // One more than is left, so that the step beyond the last one is the one that fails.
    private void StartChunk()
    {
        _chunk = (int)Math.Min(StepsPerCheck, _stepsLeft + 1);
        _stepsToCheck = _chunk;
    }

    // The running total counts garbage too. When it reaches the limit, what is really alive is measured.
    private void CheckMemory(long wanted)
    {
        var max = Limits.MemoryBytesMax;
        var alive = wanted > max ? 0 : MeasureMemory(max);
        if (alive + wanted > max)
        {
            throw new JsLimitException(
                JsLimitKind.Memory,
                string.Create(CultureInfo.InvariantCulture, $"The script needs more than {max} bytes of memory"));
        }

        _allocated = alive + wanted;
        _memoryCheckAt = Math.Max(max, _allocated + (max / 8));
        CheckTime();
    }

    private long MeasureMemory(long max)
    {
        var trace = new MemoryTrace(max);
        foreach (var value in GlobalSlots)
            trace.Add(value);
        for (var i = 0; i < ArgTop; i++)
            trace.Add(_args[i]);
        for (var frame = CurrentFrame; frame is not null; frame = frame.Caller)
            trace.Add(frame);
        foreach (var root in _roots ?? [])
            trace.Add(root);
        foreach (var coroutine in _suspended ?? [])
            trace.Add(coroutine.Frame);
        if (_globalObject is not null)
            trace.Add(_globalObject);
        if (_objectPrototype is not null)
            trace.Add(_objectPrototype);
        foreach (var intrinsic in _intrinsics ?? [])
        {
            if (intrinsic is not null)
                trace.Add(intrinsic);
        }

        return trace.Run();
    }
}

/// <summary>Measures what is reachable, up to a bound.</summary>
internal sealed class MemoryTrace(long bytesMax)
{
    private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);
    private readonly Stack<object> _pending = new();
    private long _bytes;

    public void Add(JsValue value)
    {
        if (value.Reference is { } reference)
            Add(reference);
    }

    public void Add(object value)
    {
        if (value is LazyBuiltin)
            return;
        if (_seen.Add(value))
            _pending.Push(value);
    }

    public void Add(Frame frame)
    {
        _bytes += 100 + (frame.Slots.Length * 16L);
        foreach (var value in frame.Slots)
            Add(value);
        foreach (var box in frame.Captures)
            Add(box);
        Add(frame.Result);
        Add(frame.LastValue);
    }

    public long Run()
    {
        while (_bytes <= bytesMax && _pending.TryPop(out var value))
            _bytes += Measure(value);
        return _bytes;
    }

    private long Measure(object value)
    {
        switch (value)
        {
            case JsObject target:
                return target.Trace(this);
            case string text:
                return 24 + (text.Length * 2L);
            case JsRope rope:
                rope.AddPieces(_pending, out var bytes);
                return bytes;
            case JsBox box:
                Add(box.Value);
                return 32;
            case JsAccessor accessor:
                if (accessor.Get is not null)
                    Add(accessor.Get);
                if (accessor.Set is not null)
                    Add(accessor.Set);
                return 32;
            case JsBigInt number:
                return 32 + (number.Value.GetBitLength() / 8);
            default:
                return 32;
        }
    }
}

namespace Platform.Scripting.Liquid;

/// <summary>
/// A filter of the host. Gets the value on its left as a host object and returns any host object. What it throws ends the render
/// with a <see cref="LiquidException"/>.
/// </summary>
public delegate object? LiquidFilter(object? input, LiquidArguments arguments);

/// <summary>The arguments of one call of a host filter. Values are converted when they are read.</summary>
public readonly ref struct LiquidArguments
{
    private readonly RenderContext _context;
    private readonly ReadOnlySpan<object?> _values;

    internal LiquidArguments(RenderContext context, ReadOnlySpan<object?> values)
    {
        _context = context;
        _values = values;
    }

    /// <summary>How many arguments without a name were passed.</summary>
    public int Count
    {
        get
        {
            var count = 0;
            foreach (var value in _values)
            {
                if (value is not NamedArgument)
                    count++;
            }

            return count;
        }
    }

    /// <summary>Cancelled when the render is.</summary>
    public CancellationToken CancellationToken => _context.Budget.Cancellation;

    /// <summary>An argument without a name, as a host object; null when it is missing.</summary>
    public object? this[int index] => _context.Host.ToHost(Positional(index));

    /// <summary>An argument without a name as text, by the language's rules; null when it is missing or nil.</summary>
    public string? Text(int index)
    {
        var value = Coerce.ToValue(Positional(index));
        return Coerce.IsNil(value) ? null : _context.Text(value);
    }

    /// <summary>An argument without a name as a number, by the language's rules; NaN when it is missing or no number.</summary>
    public double Number(int index) => Coerce.ToNumber(_context, Positional(index));

    /// <summary>An argument by its name, as a host object; null when it is missing.</summary>
    public object? Named(string name)
    {
        foreach (var value in _values)
        {
            if (value is NamedArgument named && named.Name == name)
                return _context.Host.ToHost(named.Value);
        }

        return null;
    }

    private object? Positional(int index)
    {
        foreach (var value in _values)
        {
            if (value is not NamedArgument && index-- == 0)
                return value;
        }

        return Undefined.Value;
    }
}

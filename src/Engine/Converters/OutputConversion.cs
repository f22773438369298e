using Platform.Engine.Values;

namespace Platform.Engine.Converters;

/// <summary>The conversion of one output binding, with its settings read; or why there can be none.</summary>
internal sealed class OutputConversion
{
    private readonly string _converterId;
    private readonly OutputConverter? _converter;
    private readonly Func<object?, object?>? _convert;

    private OutputConversion(string converterId, OutputConverter? converter, Func<object?, object?>? convert, OutputConversionStage stage, string? failure)
    {
        _converterId = converterId;
        _converter = converter;
        _convert = convert;
        FailedStage = stage;
        Failure = failure;
    }

    /// <summary>Why nothing can be converted, in a sentence; null when it can.</summary>
    public string? Failure { get; }

    /// <summary>The step that the failure belongs to.</summary>
    public OutputConversionStage FailedStage { get; }

    public static OutputConversion Of(OutputConverter converter, Func<object?, object?> convert) =>
        new(converter.Id, converter, convert, default, null);

    public static OutputConversion Failed(string converterId, OutputConversionStage stage, string failure) => new(converterId, null, null, stage, failure);

    /// <summary>Converts a value.</summary>
    /// <param name="value">What the activity gave.</param>
    /// <param name="outputName">Name of the output.</param>
    /// <param name="target">Type of the variable that gets it; null for a workflow output.</param>
    /// <exception cref="OutputConversionException">It cannot be converted.</exception>
    public object? Apply(object? value, string outputName, Type? target)
    {
        if (_converter is null || _convert is null)
            throw Fail(FailedStage, outputName, Failure!);
        if (value is not null && !_converter.SourceType.IsInstanceOfType(value))
            throw Fail(OutputConversionStage.SourceCompatibility, outputName, $"it takes {_converter.SourceType.Name}, but the activity gave {value.GetType().Name}.");
        object? result;
        try
        {
            result = _convert(value);
        }
        // Converters are foreign code: whatever they throw is the conversion's fault.
        catch (Exception exception)
        {
            throw Fail(OutputConversionStage.Invocation, outputName, exception.Message, exception);
        }

        if (result is not null && !_converter.ResultType.IsInstanceOfType(result))
            throw Fail(OutputConversionStage.ResultValidation, outputName, $"it should give {_converter.ResultType.Name}, but gave {result.GetType().Name}.");
        if (target is null || target == typeof(object))
            return result;
        return ValueConverter.TryConvert(result, target, out var converted)
            ? converted
            : throw Fail(OutputConversionStage.ResultValidation, outputName, $"it gave {result?.GetType().Name ?? "null"}, which the variable of type {target.Name} cannot hold.");
    }

    private OutputConversionException Fail(OutputConversionStage stage, string outputName, string reason, Exception? cause = null) =>
        new(stage, _converterId, outputName, reason, cause);
}

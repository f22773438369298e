namespace Platform.Engine.Values;

/// <summary>
/// A value is nested deeper than <see cref="ValueLimits.DepthMax"/>, or refers to itself, so that it has no JSON form.
/// </summary>
public sealed class ValueTooDeepException : Exception
{
    /// <summary>Creates the exception with the limit in its message.</summary>
    /// <param name="innerException">What noticed it; null when we did.</param>
    public ValueTooDeepException(Exception? innerException = null)
        : base($"The value is nested more than {ValueLimits.DepthMax} levels deep or refers to itself.", innerException)
    {
    }
}

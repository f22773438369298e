namespace Platform.Engine;

/// <summary>An input could not be evaluated before its activity executed.</summary>
/// <param name="message">Which input, and why.</param>
/// <param name="inner">The cause.</param>
public sealed class InputEvaluationException(string message, Exception inner) : Exception(message, inner);

namespace Platform.Scripting.JavaScript;

/// <summary>The constructors of the language's own errors.</summary>
internal enum JsErrorKind
{
    Error,
    TypeError,
    RangeError,
    ReferenceError,
    SyntaxError,
    EvalError,
    URIError,
    AggregateError,
}

/// <summary>
/// A script exception on its way up. Errors thrown by the engine become error objects only when something catches them:
/// see <see cref="Realm.ValueOf(JsThrow)"/>.
/// </summary>
#pragma warning disable CA1064, RCS1194 // Never seen outside the engine: the run turns it into a JsException.
internal sealed class JsThrow : Exception
#pragma warning restore CA1064, RCS1194
{
    private JsValue _value = JsValue.Hole;

    public JsThrow(JsValue value)
    {
        _value = value;
    }

    private JsThrow(JsErrorKind kind, string message, Exception? inner = null)
        : base(message, inner)
    {
        Kind = kind;
    }

    public JsErrorKind Kind { get; }

    /// <summary>The thrown value, or a hole as long as the error object has not been made.</summary>
    public JsValue Value
    {
        get => _value;
        set => _value = value;
    }

    /// <summary>Where in the source it was thrown, or -1.</summary>
    public int Position { get; set; } = -1;

    public static JsThrow Type(string message) => new(JsErrorKind.TypeError, message);
    public static JsThrow Range(string message) => new(JsErrorKind.RangeError, message);
    public static JsThrow Reference(string message) => new(JsErrorKind.ReferenceError, message);
    public static JsThrow Syntax(string message) => new(JsErrorKind.SyntaxError, message);
    public static JsThrow Of(JsErrorKind kind, string message) => new(kind, message);

    /// <summary>An exception of a host function; scripts see an Error with its message.</summary>
    public static JsThrow Host(Exception exception) => new(JsErrorKind.Error, exception.Message, exception);
}

/// <summary>Unwinds a suspended generator whose <c>return</c> method was called, running finally blocks on the way.</summary>
#pragma warning disable CA1064, RCS1194 // Internal control flow.
internal sealed class GeneratorReturn(JsValue value) : Exception
#pragma warning restore CA1064, RCS1194
{
    public JsValue Value { get; } = value;
}

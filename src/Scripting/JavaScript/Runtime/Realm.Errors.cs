using System.Globalization;
using System.Text;

namespace Platform.Scripting.JavaScript;

/// <summary>Errors of a run: their objects, positions and stack traces.</summary>
internal sealed partial class Realm
{
    private const int StackLinesMax = 10;

    /// <summary>The value that a script's catch receives. Makes the error object while the stack is still as it was.</summary>
    public JsValue ValueOf(JsThrow thrown)
    {
        if (!thrown.Value.IsHole)
        {
            if (thrown.Position < 0)
                thrown.Position = CurrentFrame?.Position ?? -1;
            return thrown.Value;
        }

        var error = NewError(thrown.Kind, thrown.Message);
        error.HostException = thrown.InnerException;
        thrown.Position = error.Position;
        thrown.Value = error;
        return error;
    }

    /// <summary>Makes the error object of an exception that is about to pass through code that runs script.</summary>
    public void Fix(Exception exception)
    {
        if (exception is JsThrow thrown)
            ValueOf(thrown);
    }

    public JsError NewError(JsErrorKind kind, string message)
    {
        var error = new JsError(this, ErrorPrototype(kind));
        error.AddNamed("message", message, PropertyFlags.Hidden);
        CaptureStack(error, kind + (message.Length > 0 ? ": " + message : ""));
        return error;
    }

    /// <summary>Gives an error its position and its <c>stack</c>.</summary>
    public void CaptureStack(JsError error, string header)
    {
        error.Position = CurrentFrame?.Position ?? -1;
        error.AddNamed("stack", JsValue.Of(new LazyStack(header, CaptureCalls())), PropertyFlags.Hidden);
    }

    public JsException ToHostException(JsThrow thrown)
    {
        var value = ValueOf(thrown);
        var error = value.IsObject ? value.Object as JsError : null;
        var position = error?.Position ?? thrown.Position;
        var (line, column) = position >= 0 ? Script.Locate(position) : (0, 0);
        try
        {
            var name = error is null ? "" : Coerce.ToText(error.Get("name"));
            var detail = error is null ? Coerce.Describe(value) : Coerce.ToText(error.Get("message"));
            if (error is null && value.IsObject && value.Object is not JsFunction)
                detail = JsonText.Preview(this, value);
            var stack = error is null ? "" : error.Get("stack") is { IsString: true } text ? text.AsString() : "";
            return new JsException(name, detail, error is null ? HostValue.ToHost(this, value) : null, line, column, stack, error?.HostException);
        }
        catch (JsThrow)
        {
            return new JsException("Error", "The thrown value cannot be shown", null, line, column, "", thrown.InnerException);
        }
    }

    private (string Name, int Position)[] CaptureCalls()
    {
        var calls = new List<(string, int)>();
        for (var frame = CurrentFrame; frame is not null && calls.Count < StackLinesMax; frame = frame.Caller)
            calls.Add((frame.Function is { } function && !function.Code.IsScript ? function.DisplayName : "script", frame.Position));
        return [.. calls];
    }

    // Lines and columns cost a walk over the source, so the text is made when somebody reads it.
    private sealed class LazyStack(string header, (string Name, int Position)[] calls) : LazyBuiltin
    {
        public override JsValue Create(Realm realm, JsObject holder)
        {
            var text = new StringBuilder(header);
            foreach (var (name, position) in calls)
            {
                var (line, column) = realm.Script.Locate(position);
                text.Append(CultureInfo.InvariantCulture, $"\n    at {name} ({line}:{column})");
            }

            return text.ToString();
        }
    }
}

/// <summary>An error object: remembers where it was made and the host exception behind it.</summary>
internal sealed class JsError(Realm realm, JsObject prototype) : JsObject(realm, prototype)
{
    public override string ClassName => "Error";

    public int Position { get; set; } = -1;

    public Exception? HostException { get; set; }
}

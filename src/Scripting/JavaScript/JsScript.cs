using System.Collections.Frozen;

namespace Platform.Scripting.JavaScript;

/// <summary>
/// A compiled script. Immutable and safe to use from several threads at once; keep it and run it as often as needed. Every run
/// has its own globals and built-ins, so nothing that one run does is seen by another.
/// </summary>
public sealed class JsScript
{
    private readonly FunctionCode _code;
    private readonly FrozenSet<string> _freeNames;
    private readonly int _start;

    private JsScript(string source, int start, FunctionCode code, string[] globalNames, bool isStrict)
    {
        Source = source;
        _start = start;
        _code = code;
        GlobalNames = globalNames;
        IsStrict = isStrict;
        _freeNames = globalNames.ToFrozenSet();
    }

    /// <summary>The source text.</summary>
    public string Source { get; }

    /// <summary>Global names that the script mentions but does not declare, built-in ones included.</summary>
    public IReadOnlyCollection<string> FreeNames => _freeNames;

    /// <summary>True when the script uses <c>await</c> outside of functions, so that only <see cref="RunAsync"/> gives its result.</summary>
    public bool IsAsync => _code.IsAsync;

    internal string[] GlobalNames { get; }

    internal bool IsStrict { get; }

    internal ShapeSet Shapes { get; } = new();

    /// <summary>Compiles a script with the libraries that it mentions.</summary>
    /// <param name="source">The script.</param>
    /// <param name="libraries">The libraries there are.</param>
    /// <exception cref="JsSyntaxException">The source is not a script, too long, or nested too deeply.</exception>
    public static JsScript Compile(string source, IReadOnlyList<JsLibrary> libraries)
    {
        var script = Compile(source);
        var used = libraries.Where(library => script.MentionsName(library.Name)).ToList();
        if (used.Count == 0)
            return script;
        // On the line of the script, so that it keeps its lines; the libraries themselves come behind it.
        var head = string.Concat(used.Select(library => library.Declaration));
        var whole = string.Concat(head, source, string.Concat(used.Select(library => library.Function)));
        if (whole.Length > JsLibrary.SourceLengthMax)
            throw new JsSyntaxException($"The script has {whole.Length} characters with its libraries; the limit is {JsLibrary.SourceLengthMax}", 1, 1);
        var parser = new Parser(whole);
        var code = parser.Parse();
        return new JsScript(source, head.Length, code, parser.GlobalNames, script.IsStrict);
    }

    /// <summary>Compiles a script. The result holds no reference to anything outside of it.</summary>
    /// <exception cref="JsSyntaxException">The source is not a script, too long, or nested too deeply.</exception>
    public static JsScript Compile(string source, JsCompileOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        options ??= JsCompileOptions.Default;
        if (source.Length > options.SourceLengthMax)
            throw new JsSyntaxException($"The script has {source.Length} characters; the limit is {options.SourceLengthMax}", 1, 1);
        var parser = new Parser(source);
        var code = parser.Parse();
        return new JsScript(source, 0, code, parser.GlobalNames, parser.IsStrict);
    }

    /// <summary>Whether the script mentions a name that it does not declare.</summary>
    public bool MentionsName(string name) => _freeNames.Contains(name);

    /// <summary>Runs the script to its end. A script that has to wait for host tasks needs <see cref="RunAsync"/>.</summary>
    /// <returns>The value of a top-level <c>return</c>, or else of the last expression statement, as a host object.</returns>
    /// <exception cref="JsException">The script threw.</exception>
    /// <exception cref="JsLimitException">The script exceeded a limit.</exception>
    public object? Run(IJsGlobals globals, JsOptions options, CancellationToken cancellationToken)
    {
        var realm = new Realm(this, globals, options, cancellationToken);
        try
        {
            var value = Start(realm);
            realm.RunJobs();
            return HostValue.ToHost(realm, Settled(value));
        }
        catch (JsThrow error)
        {
            throw realm.ToHostException(error);
        }
    }

    /// <summary>Like <see cref="Run"/>, but waits for promises and for the tasks that host functions return.</summary>
    /// <exception cref="JsException">The script threw, or its promise was rejected or can never be settled.</exception>
    /// <exception cref="JsLimitException">The script exceeded a limit.</exception>
    public async ValueTask<object?> RunAsync(IJsGlobals globals, JsOptions options, CancellationToken cancellationToken)
    {
        var realm = new Realm(this, globals, options, cancellationToken);
        try
        {
            var value = Start(realm);
            realm.RunJobs();
            while (value.TryGetObject<JsPromise>(out var promise) && promise.State == PromiseState.Pending && realm.HasOutstandingWork)
            {
                await realm.WaitForHostAsync();
                realm.RunJobs();
            }

            return HostValue.ToHost(realm, Settled(value));
        }
        catch (JsThrow error)
        {
            throw realm.ToHostException(error);
        }
    }

    /// <summary>Line and column of a position, both from 1; (0, 0) inside a library.</summary>
    internal (int Line, int Column) Locate(int position) =>
        position < _start || position > _start + Source.Length ? (0, 0) : SourcePosition.Of(Source, position - _start);

    private JsValue Start(Realm realm)
    {
        if (_code.IsAsync)
            return StartAsync(realm);
        var frame = realm.EnterScript(_code.SlotCount);
        Prepare(realm, frame);
        foreach (var statement in _code.Body)
        {
            if (statement.Execute(frame) == Completion.Return)
                return Leave(realm, frame.Result);
        }

        return Leave(realm, frame.LastValue);
    }

    private JsPromise StartAsync(Realm realm)
    {
        var frame = new Frame(realm) { Slots = new JsValue[_code.SlotCount] };
        var coroutine = new Coroutine(realm, frame, _code);
        frame.Coroutine = coroutine;
        var caller = realm.EnterCoroutine(frame);
        Prepare(realm, frame);
        realm.LeaveCoroutine(caller);
        var promise = new JsPromise(realm);
        coroutine.RunAsync(promise);
        return promise;
    }

    private void Prepare(Realm realm, Frame frame)
    {
        foreach (var binding in _code.ImplicitBindings)
            frame.Slots[binding.Slot] = binding.Name == "this" ? realm.GlobalObject : JsValue.Undefined;
        if (_code.Scope.HasEntry)
            _code.Scope.Enter(frame);
    }

    private static JsValue Leave(Realm realm, JsValue value)
    {
        realm.LeaveScript();
        return value;
    }

    private static JsValue Settled(JsValue value)
    {
        while (value.TryGetObject<JsPromise>(out var promise))
        {
            value = promise.State switch
            {
                PromiseState.Fulfilled => promise.Result,
                PromiseState.Rejected => throw new JsThrow(promise.Result),
                _ => throw JsThrow.Of(JsErrorKind.Error, "The promise of the script cannot be settled: it waits for the host in a synchronous run, or for nothing"),
            };
        }

        return value;
    }
}

namespace Platform.Scripting.JavaScript;

/// <summary><c>switch</c>.</summary>
internal sealed class SwitchStatement : Statement
{
    private readonly Node _subject;
    private readonly (Node? Test, Statement[] Body)[] _cases;
    private readonly Scope _scope;

    public SwitchStatement(Node subject, (Node? Test, Statement[] Body)[] cases, Scope scope)
    {
        _subject = subject;
        _cases = cases;
        _scope = scope;
        Suspends = subject.Suspends || cases.Any(c => c.Test is { Suspends: true } || c.Body.Any(s => s.Suspends));
    }

    public override Completion Execute(Frame frame)
    {
        var subject = _subject.Evaluate(frame);
        frame.LastValue = default;
        _scope.Enter(frame);
        var start = -1;
        for (var i = 0; i < _cases.Length && start < 0; i++)
        {
            if (_cases[i].Test is { } test && Operators.StrictEquals(subject, test.Evaluate(frame)))
                start = i;
        }

        for (var i = start < 0 ? DefaultIndex() : start; i < _cases.Length; i++)
        {
            foreach (var statement in _cases[i].Body)
            {
                var completion = statement.Execute(frame);
                if (completion != Completion.Normal)
                    return Leave(frame, completion);
            }
        }

        return Completion.Normal;
    }

    public override async Step<Completion> ExecuteAsync(Frame frame)
    {
        var subject = await _subject.Step(frame);
        frame.LastValue = default;
        _scope.Enter(frame);
        var start = -1;
        for (var i = 0; i < _cases.Length && start < 0; i++)
        {
            if (_cases[i].Test is { } test && Operators.StrictEquals(subject, await test.Step(frame)))
                start = i;
        }

        for (var i = start < 0 ? DefaultIndex() : start; i < _cases.Length; i++)
        {
            foreach (var statement in _cases[i].Body)
            {
                var completion = await statement.Step(frame);
                if (completion != Completion.Normal)
                    return Leave(frame, completion);
            }
        }

        return Completion.Normal;
    }

    private static Completion Leave(Frame frame, Completion completion) =>
        completion == Completion.Break && frame.Label is null ? Completion.Normal : completion;

    private int DefaultIndex()
    {
        var index = Array.FindIndex(_cases, c => c.Test is null);
        return index < 0 ? _cases.Length : index;
    }
}

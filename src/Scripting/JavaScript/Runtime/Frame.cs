namespace Platform.Scripting.JavaScript;

/// <summary>How a statement ended.</summary>
internal enum Completion
{
    Normal,
    Break,
    Continue,
    Return,
}

/// <summary>The variables and position of one running function call.</summary>
internal sealed class Frame(Realm realm)
{
    public Realm Realm { get; } = realm;

    public JsValue[] Slots { get; set; } = [];

    /// <summary>The boxes that the running closure shares with the functions around it.</summary>
    public JsBox[] Captures { get; set; } = [];

    public JsScriptFunction? Function { get; set; }

    /// <summary>The value of a <see cref="Completion.Return"/>.</summary>
    public JsValue Result { get; set; }

    /// <summary>The value of the last expression statement of a script.</summary>
    public JsValue LastValue { get; set; }

    /// <summary>The label that a break or continue goes to; null for the nearest loop.</summary>
    public string? Label { get; set; }

    /// <summary>Source offset of the call or access that is being made, for error positions and stack traces.</summary>
    public int Position { get; set; }

    /// <summary>The state of the run when this frame was last resumed; for frames of suspendable functions.</summary>
    public RunState Entry { get; set; }

    /// <summary>The frame that called this one.</summary>
    public Frame? Caller { get; set; }

    /// <summary>The frame of the function that this one called last, for the next call.</summary>
    public Frame? Next { get; set; }

    /// <summary>What to suspend at <c>yield</c> and <c>await</c>; null in ordinary functions.</summary>
    public Coroutine? Coroutine { get; set; }

    /// <summary>Gives a variable its first value, whatever its slot holds.</summary>
    public void Initialize(int slot, bool isCaptured, JsValue value)
    {
        if (isCaptured)
            Slots[slot].Box.Value = value;
        else
            Slots[slot] = value;
    }
}

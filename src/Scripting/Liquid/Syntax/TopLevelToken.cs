namespace Platform.Scripting.Liquid;

/// <summary>What a piece of a template is.</summary>
internal enum TokenKind
{
    /// <summary>Text that is rendered as it is.</summary>
    Text,

    /// <summary>A value between double braces.</summary>
    Output,

    /// <summary>A tag between braces with percent signs, or a line of a liquid tag.</summary>
    Tag,
}

/// <summary>A piece of a template.</summary>
internal sealed class TopLevelToken(TokenKind kind, int begin, int end)
{
    public TokenKind Kind => kind;

    public int Begin => begin;

    public int End => end;

    /// <summary>What is between the delimiters, without white space at its ends.</summary>
    public int ContentBegin { get; init; }

    public int ContentEnd { get; init; }

    public bool TrimsLeft { get; init; }

    public bool TrimsRight { get; init; }

    /// <summary>The name of a tag; empty for anything else.</summary>
    public string Name { get; init; } = "";

    /// <summary>Where the arguments of a tag start.</summary>
    public int ArgumentsBegin { get; init; }

    /// <summary>White space of a text that its neighbours take away.</summary>
    public int CutLeft { get; set; }

    public int CutRight { get; set; }
}

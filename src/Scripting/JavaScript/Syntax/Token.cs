namespace Platform.Scripting.JavaScript;

/// <summary>What a token is. Operators keep their kind in the tree, so the kinds name operations too.</summary>
internal enum TokenKind
{
    End,
    Identifier,
    Keyword,
    PrivateName,
    Number,
    BigInt,
    String,
    Template,
    Regex,

    BraceOpen,
    BraceClose,
    ParenOpen,
    ParenClose,
    BracketOpen,
    BracketClose,
    Dot,
    Ellipsis,
    Semicolon,
    Comma,
    Question,
    QuestionDot,
    Colon,
    Arrow,

    Less,
    Greater,
    LessEqual,
    GreaterEqual,
    EqualEqual,
    NotEqual,
    StrictEqual,
    StrictNotEqual,
    Plus,
    Minus,
    Star,
    Slash,
    Percent,
    StarStar,
    PlusPlus,
    MinusMinus,
    ShiftLeft,
    ShiftRight,
    ShiftRightUnsigned,
    Ampersand,
    Pipe,
    Caret,
    Exclamation,
    Tilde,
    AndAnd,
    OrOr,
    Coalesce,
    In,
    InstanceOf,

    Assign,
    PlusAssign,
    MinusAssign,
    StarAssign,
    SlashAssign,
    PercentAssign,
    StarStarAssign,
    ShiftLeftAssign,
    ShiftRightAssign,
    ShiftRightUnsignedAssign,
    AmpersandAssign,
    PipeAssign,
    CaretAssign,
    AndAndAssign,
    OrOrAssign,
    CoalesceAssign,
}

/// <summary>One token with the part of the source that it covers.</summary>
internal struct Token
{
    public TokenKind Kind;
    public int Start;
    public int End;

    /// <summary>True when a line break stands between the previous token and this one.</summary>
    public bool AfterLineBreak;

    /// <summary>True when an identifier or keyword was written with escapes, which takes its keyword meaning away.</summary>
    public bool HasEscapes;

    /// <summary>The name, the text of a string, the digits of a BigInt, the body of a regular expression.</summary>
    public string Text;

    public double Number;

    public readonly bool IsKeyword(string word) => Kind == TokenKind.Keyword && !HasEscapes && Text == word;

    public readonly bool IsWord(string word) => Kind == TokenKind.Identifier && !HasEscapes && Text == word;

    public readonly bool IsName => Kind is TokenKind.Identifier or TokenKind.Keyword or TokenKind.In or TokenKind.InstanceOf;
}

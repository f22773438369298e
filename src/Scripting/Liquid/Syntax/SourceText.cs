namespace Platform.Scripting.Liquid;

/// <summary>A place in a source, both numbers from 1.</summary>
internal readonly record struct SourcePosition(int Line, int Column);

/// <summary>A source and where its lines start.</summary>
internal sealed class SourceText
{
    private readonly List<int> _lineStarts = [0];

    public SourceText(string text)
    {
        Text = text;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\n')
                _lineStarts.Add(i + 1);
        }
    }

    public string Text { get; }

    public SourcePosition PositionAt(int offset)
    {
        var line = _lineStarts.BinarySearch(offset);
        if (line < 0)
            line = ~line - 1;
        return new SourcePosition(line + 1, offset - _lineStarts[line] + 1);
    }

    public LiquidSyntaxException Error(string message, int offset)
    {
        var (line, column) = PositionAt(offset);
        return new LiquidSyntaxException(message, line, column);
    }
}

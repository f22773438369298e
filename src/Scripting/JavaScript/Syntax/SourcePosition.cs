namespace Platform.Scripting.JavaScript;

/// <summary>Turns an offset into the line and column that people count, both from 1.</summary>
internal static class SourcePosition
{
    public static (int Line, int Column) Of(string source, int position)
    {
        position = Math.Clamp(position, 0, source.Length);
        var line = 1;
        var start = 0;
        for (var i = 0; i < position; i++)
        {
            if (source[i] == '\n')
            {
                line++;
                start = i + 1;
            }
        }

        return (line, position - start + 1);
    }
}

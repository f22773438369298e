namespace Platform.Scripting.Liquid;

/// <summary>Cuts a source into text, outputs and tags.</summary>
internal sealed class Lexer(SourceText source, int nestingMax)
{
    private readonly string _text = source.Text;
    private int _offset;
    private int _rawBegin = -1;

    public List<TopLevelToken> Read()
    {
        var tokens = new List<TopLevelToken>();
        while (_offset < _text.Length)
            tokens.Add(ReadToken());
        CutWhiteSpace(tokens);
        return tokens;
    }

    /// <summary>The lines of a liquid tag as tags.</summary>
    public List<TopLevelToken> ReadLines(int begin, int end)
    {
        var tokens = new List<TopLevelToken>();
        _offset = begin;
        while (true)
        {
            while (_offset < end && CharKind.IsBlank(_text[_offset]))
                _offset++;
            if (_offset >= end)
                return tokens;
            var start = _offset;
            var newLine = _text.IndexOf('\n', start, end - start);
            _offset = newLine < 0 ? end : newLine + 1;
            tokens.Add(Delimited(TokenKind.Tag, start, _offset, start, _offset, "illegal liquid tag syntax"));
        }
    }

    private TopLevelToken ReadToken()
    {
        if (_rawBegin >= 0)
            return ReadRaw();
        if (At("{%"))
            return ReadTag();
        if (At("{{"))
            return ReadOutput();
        var begin = _offset;
        while (_offset < _text.Length && !At("{%") && !At("{{"))
            _offset++;
        return new TopLevelToken(TokenKind.Text, begin, _offset);
    }

    private bool At(string text) => string.CompareOrdinal(_text, _offset, text, 0, text.Length) == 0;

    private bool After(string text) => _offset >= text.Length && string.CompareOrdinal(_text, _offset - text.Length, text, 0, text.Length) == 0;

    private TopLevelToken ReadTag()
    {
        var begin = _offset;
        if (!SkipPast("%}"))
            throw source.Error($"tag {Snapshot(begin)} not closed", begin);
        var token = Delimited(TokenKind.Tag, begin, _offset, begin + 2, _offset - 2, "illegal tag syntax, tag name expected");
        if (token.Name == "raw")
            _rawBegin = begin;
        return token;
    }

    private TopLevelToken ReadOutput()
    {
        var begin = _offset;
        while (_offset < _text.Length)
        {
            if (_text[_offset] is '"' or '\'')
            {
                SkipQuoted();
                continue;
            }

            _offset++;
            if (After("}}"))
                return Delimited(TokenKind.Output, begin, _offset, begin + 2, _offset - 2, "");
        }

        throw source.Error($"output {Snapshot(begin)} not closed", begin);
    }

    private void SkipQuoted()
    {
        var tokenizer = new Tokenizer(source, _offset, _text.Length, nestingMax);
        tokenizer.ReadQuoted();
        _offset = tokenizer.Offset;
    }

    // Everything up to an endraw tag is one text; the next call then returns the endraw tag itself.
    private TopLevelToken ReadRaw()
    {
        var begin = _offset;
        var open = SkipPast("{%") ? _offset - 2 : -1;
        while (_offset < _text.Length)
        {
            var tokenizer = new Tokenizer(source, _text[_offset] == '-' ? _offset + 1 : _offset, _text.Length, nestingMax);
            var isEnd = tokenizer.ReadIdentifier() == "endraw";
            _offset = tokenizer.Offset;
            if (!isEnd)
            {
                open = SkipPast("{%") ? _offset - 2 : -1;
                continue;
            }

            for (; _offset <= _text.Length && !(After("{%") && _offset > open + 2); _offset++)
            {
                if (!After("%}"))
                    continue;
                if (begin == open)
                {
                    _rawBegin = -1;
                    return Delimited(TokenKind.Tag, begin, _offset, begin + 2, _offset - 2, "illegal tag syntax, tag name expected");
                }

                _offset = open;
                return new TopLevelToken(TokenKind.Text, begin, open);
            }
        }

        throw source.Error($"raw {Snapshot(_rawBegin)} not closed", begin);
    }

    private bool SkipPast(string text)
    {
        while (_offset < _text.Length)
        {
            _offset++;
            if (After(text))
                return true;
        }

        return false;
    }

    private TopLevelToken Delimited(TokenKind kind, int begin, int end, int contentBegin, int contentEnd, string nameMessage)
    {
        var trimsLeft = contentBegin < _text.Length && _text[contentBegin] == '-';
        var trimsRight = contentEnd > 0 && _text[contentEnd - 1] == '-';
        var left = trimsLeft ? contentBegin + 1 : contentBegin;
        var right = trimsRight ? contentEnd - 1 : contentEnd;
        while (left < right && CharKind.IsBlank(_text[left]))
            left++;
        while (right > left && CharKind.IsBlank(_text[right - 1]))
            right--;
        var name = "";
        var arguments = left;
        if (kind == TokenKind.Tag)
        {
            var tokenizer = new Tokenizer(source, left, right, nestingMax);
            name = tokenizer.ReadTagName();
            if (name.Length == 0)
                throw tokenizer.Error(nameMessage);
            tokenizer.SkipBlank();
            arguments = tokenizer.Offset;
        }

        return new TopLevelToken(kind, begin, end)
        {
            ContentBegin = left,
            ContentEnd = right,
            TrimsLeft = trimsLeft,
            TrimsRight = trimsRight,
            Name = name,
            ArgumentsBegin = arguments,
        };
    }

    private void CutWhiteSpace(List<TopLevelToken> tokens)
    {
        var inRaw = false;
        for (var i = 0; i < tokens.Count; i++)
        {
            var token = tokens[i];
            if (token.Kind == TokenKind.Text)
                continue;
            if (!inRaw && token.TrimsLeft && i > 0 && tokens[i - 1].Kind == TokenKind.Text)
                CutRight(tokens[i - 1]);
            inRaw = token.Name == "raw" || (inRaw && token.Name != "endraw");
            if (!inRaw && token.TrimsRight && i + 1 < tokens.Count && tokens[i + 1].Kind == TokenKind.Text)
                CutLeft(tokens[i + 1]);
        }
    }

    private void CutRight(TopLevelToken token)
    {
        while (token.End - token.CutRight > token.Begin && CharKind.IsBlank(_text[token.End - token.CutRight - 1]))
            token.CutRight++;
    }

    private void CutLeft(TopLevelToken token)
    {
        while (token.Begin + token.CutLeft < token.End && CharKind.IsBlank(_text[token.Begin + token.CutLeft]))
            token.CutLeft++;
    }

    private string Snapshot(int begin)
    {
        var rest = _text[begin..];
        return JsonText.Quote(rest.Length > 32 ? rest[..29] + "..." : rest);
    }
}

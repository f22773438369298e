using System.Text;
using Platform.Scripting.JavaScript;

namespace Platform.Scripting.Tests.JavaScript;

/// <summary>Whatever the source is: it compiles or says why not, and it runs or ends with one of our exceptions.</summary>
public sealed class FuzzTests
{
    private static readonly JsOptions s_options = JsOptions.Default with
    {
        Limits = JsLimits.Default with
        {
            StepsMax = 20_000,
            MemoryBytesMax = 4 * 1024 * 1024,
            StringLengthMax = 100_000,
            ArrayLengthMax = 50_000,
            DepthMax = 100,
            RegexTimeMax = TimeSpan.FromMilliseconds(50),
        },
    };

    private static readonly string[] s_pieces =
    [
        "a", "b", "x", "1", "0", ".5", "'s'", "\"", "'", "`", "${", "}", "{", "(", ")", "[", "]", ";", ",", ".", "?.", "...", "=>", "=", "==", "+", "-", "*", "/", "%", "**",
        "<", ">", "!", "~", "?", ":", "??", "&&", "||", "&", "|", "^", "++", "--", "function", "class", "extends", "super", "this", "new", "return", "yield", "await", "async",
        "let", "const", "var", "if", "else", "for", "of", "in", "while", "do", "switch", "case", "default", "break", "continue", "try", "catch", "finally", "throw", "typeof",
        "void", "delete", "instanceof", "get", "set", "static", "#p", "/r/g", "//", "/*", "*/", "\n", " ", "\\u0061", "\\", "@", "#", "null", "undefined", "true", "0n", "1e9",
        "Array", "Object", "JSON", "Symbol.iterator", ".map", ".length", ".call", ".prototype", ".constructor", "globalThis", "arguments", "\u2028", "\ud800", "é", "=>{",
    ];

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public async Task Random_pieces_never_crash(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 4000; i++)
        {
            var source = new StringBuilder();
            for (var n = random.Next(1, 25); n > 0; n--)
                source.Append(s_pieces[random.Next(s_pieces.Length)]).Append(random.Next(3) == 0 ? " " : "");
            await Survive(source.ToString());
        }
    }

    [Fact]
    public async Task Random_characters_never_crash()
    {
        var random = new Random(13);
        for (var i = 0; i < 3000; i++)
        {
            var text = new char[random.Next(1, 60)];
            for (var n = 0; n < text.Length; n++)
                text[n] = random.Next(10) == 0 ? (char)random.Next(0x10000) : (char)random.Next(32, 127);
            await Survive(new string(text));
        }
    }

    [Theory]
    [InlineData(21)]
    [InlineData(22)]
    public async Task Mutated_programs_never_crash(int seed)
    {
        var random = new Random(seed);
        var seeds = Directory.GetFiles(NodeOracle.CorpusFolder, "*.js").SelectMany(f => File.ReadAllText(f).Split(f.EndsWith(".prog.js", StringComparison.Ordinal) ? "//---" : "\n"))
            .Where(t => t.Length is > 5 and < 3000).ToArray();
        for (var i = 0; i < 4000; i++)
            await Survive(Mutate(random, seeds[random.Next(seeds.Length)], seeds));
    }

    private static string Mutate(Random random, string source, string[] others)
    {
        var text = new StringBuilder(source);
        for (var n = random.Next(1, 5); n > 0 && text.Length > 2; n--)
        {
            var at = random.Next(text.Length);
            switch (random.Next(5))
            {
                case 0:
                    text.Remove(at, Math.Min(random.Next(1, 8), text.Length - at));
                    break;
                case 1:
                    text.Insert(at, s_pieces[random.Next(s_pieces.Length)]);
                    break;
                case 2:
                    text[at] = (char)random.Next(32, 127);
                    break;
                case 3:
                    text.Insert(at, text.ToString(at, Math.Min(random.Next(1, 30), text.Length - at)));
                    break;
                default:
                    var other = others[random.Next(others.Length)];
                    text.Insert(at, other.AsSpan(random.Next(other.Length)));
                    break;
            }
        }

        return text.ToString();
    }

    private static async Task Survive(string source)
    {
        try
        {
            await JsScript.Compile(source).RunAsync(JsGlobals.Empty, s_options, CancellationToken.None);
        }
        catch (Exception exception) when (exception is JsSyntaxException or JsException or JsLimitException)
        {
            // Any of these is a good end.
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"{exception.GetType().Name}: {exception.Message}\nsource: {source}", exception);
        }
    }
}

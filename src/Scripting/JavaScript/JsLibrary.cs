namespace Platform.Scripting.JavaScript;

/// <summary>
/// A library in the form that Node loads: its source gives a value through <c>module.exports</c>, which scripts that mention its name
/// find under that name. Each run has a library of its own, under the run's limits; a script that does not mention it pays nothing.
/// </summary>
public sealed class JsLibrary
{
    private readonly string _source;

    /// <summary>Makes a library.</summary>
    /// <param name="name">The name that scripts use, an identifier.</param>
    /// <param name="source">The source.</param>
    /// <exception cref="ArgumentException">The name is no identifier.</exception>
    /// <exception cref="JsSyntaxException">The source cannot be read.</exception>
    public JsLibrary(string name, string source)
    {
        if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '$') || char.IsAsciiDigit(name[0]))
            throw new ArgumentException($"'{name}' cannot be the name of a library: write letters, digits, _ and $.", nameof(name));
        Name = name;
        _source = source;
        JsScript.Compile(Function, new JsCompileOptions { SourceLengthMax = SourceLengthMax });
    }

    /// <summary>Characters that the sources of all libraries of a script may have together with it: 4,194,304.</summary>
    internal const int SourceLengthMax = 1 << 22;

    /// <summary>The name that scripts use.</summary>
    public string Name { get; }

    /// <summary>What stands in front of a script that uses the library.</summary>
    internal string Declaration => $"const {Name}={FunctionName}();";

    /// <summary>What stands behind it: a declaration, which comes before everything and has no value.</summary>
    internal string Function => $"\nfunction {FunctionName}(){{var module={{exports:{{}}}},exports=module.exports,global=globalThis;(function(){{{_source}\n}}).call(exports);return module.exports}}";

    private string FunctionName => $"$library_{Name}";
}

using System.Globalization;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;
using Platform.Engine.Expressions;

namespace Platform.Server.Scripting;

/// <summary>
/// A compiled C# script. It lies in an assembly of its own that is unloaded when nobody holds the program any more; the compiler's own
/// way of running scripts keeps every assembly until the process ends.
/// </summary>
internal sealed class CSharpProgram
{
    private const int MistakesShown = 3;

    private static readonly string[] Imports =
    [
        "System", "System.Linq", "System.Collections.Generic", "System.Dynamic", "System.Text.Json", "System.Text.Json.Serialization", "System.Text.Json.Nodes",
    ];

    private static readonly Lazy<ScriptOptions> Options = new(() => ScriptOptions.Default
        .WithLanguageVersion(LanguageVersion.Latest)
        .WithOptimizationLevel(OptimizationLevel.Release)
        .WithImports(Imports)
        .WithReferences(References()));

    private readonly Func<object?[], Task<object?>> _entry;

    private CSharpProgram(Func<object?[], Task<object?>> entry) => _entry = entry;

    /// <summary>Compiles a script.</summary>
    /// <param name="source">The script.</param>
    /// <exception cref="ExpressionException">It is not C#.</exception>
    public static CSharpProgram Compile(string source)
    {
        var compilation = CSharpScript.Create<object>(source, Options.Value, typeof(CSharpGlobals)).GetCompilation();
        using var image = new MemoryStream();
        var emitted = compilation.Emit(image);
        if (!emitted.Success)
        {
            var mistakes = emitted.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Take(MistakesShown).Select(Describe);
            throw new ExpressionException("The C# cannot be compiled: " + string.Join(" ", mistakes));
        }

        image.Position = 0;
        var assembly = new AssemblyLoadContext("C# script", isCollectible: true).LoadFromStream(image);
        var entry = compilation.GetEntryPoint(CancellationToken.None)!;
        var method = assembly.GetType(entry.ContainingType.MetadataName)!.GetMethod(entry.MetadataName, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)!;
        return new CSharpProgram(method.CreateDelegate<Func<object?[], Task<object?>>>());
    }

    /// <summary>A mistake in a sentence, with its place.</summary>
    /// <param name="diagnostic">The mistake.</param>
    public static string Describe(Diagnostic diagnostic)
    {
        var start = diagnostic.Location.GetMappedLineSpan().StartLinePosition;
        return string.Create(CultureInfo.InvariantCulture, $"{diagnostic.Id}: {diagnostic.GetMessage(CultureInfo.InvariantCulture)} (line {start.Line + 1}, column {start.Character + 1}).");
    }

    /// <summary>Runs the script.</summary>
    /// <param name="globals">What it sees.</param>
    // The first place is for the globals, the second for the state of this very run.
    public Task<object?> RunAsync(CSharpGlobals globals) => _entry([globals, null]);

    /// <summary>The framework and what the globals are made of.</summary>
    private static IEnumerable<MetadataReference> References()
    {
        var known = (string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "";
        return known.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(path => Path.GetFileName(path) is var name
                && (name.StartsWith("System.", StringComparison.Ordinal) || name is "Microsoft.CSharp.dll" or "netstandard.dll" or "Platform.Engine.dll" or "Platform.Server.dll"))
            .Select(path => MetadataReference.CreateFromFile(path));
    }
}

using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Platform.Engine.Expressions;

namespace Platform.Server.Scripting;

/// <summary>
/// The text of a script with a member per variable and input, typed as the variable is: so <c>Variables.Names.Select(...)</c> compiles.
/// </summary>
internal static class CSharpSource
{
    private static readonly CSharpParseOptions Syntax = new(LanguageVersion.Latest, DocumentationMode.None, SourceCodeKind.Script);

    /// <summary>The syntax of a script; cheap, and never fails.</summary>
    /// <param name="source">The script.</param>
    public static SyntaxTree Parse(string source) => CSharpSyntaxTree.ParseText(source, Syntax);

    /// <summary>Declares the names after the usings of a script. Mistakes are still told by the lines of its author.</summary>
    /// <param name="source">The script.</param>
    /// <param name="values">What the script sees.</param>
    public static string WithNames(string source, WorkflowValues values)
    {
        var root = (CompilationUnitSyntax)Parse(source).GetRoot();
        var start = root.Usings.Count > 0 ? root.Usings[^1].FullSpan.End : 0;
        var line = source.AsSpan(0, start).Count('\n') + 1;
        var text = new StringBuilder(source, 0, start, source.Length + 512);
        text.Append('\n');
        Declare(text, "VariableMembers", values.VariableTypes, isReadOnly: false);
        Declare(text, "InputMembers", values.InputTypes, isReadOnly: true);
        text.Append("var Variables = new VariableMembers(VariableValues); var Variable = Variables; var Inputs = new InputMembers(InputValues); var Input = Inputs;\n");
        text.Append(CultureInfo.InvariantCulture, $"#line {line}\n");
        // The author's columns hold when something else stands before on the same line.
        var lineStart = source.LastIndexOf('\n', Math.Max(0, start - 1)) + 1;
        return text.Append(' ', start > lineStart ? start - lineStart : 0).Append(source, start, source.Length - start).ToString();
    }

    private static void Declare(StringBuilder text, string name, IEnumerable<KeyValuePair<string, Type>> members, bool isReadOnly)
    {
        text.Append(CultureInfo.InvariantCulture, $"public sealed class {name}(Platform.Server.Scripting.CSharpNames names) : Platform.Server.Scripting.CSharpNames(names) {{ ");
        foreach (var (member, type) in members.Where(member => IsMember(member.Key)).DistinctBy(member => member.Key))
        {
            var isDynamic = NameOf(type) is not { } typeName || typeName == "object";
            var (declared, literal) = (isDynamic ? "dynamic" : NameOf(type), SymbolDisplay.FormatLiteral(member, quote: true));
            text.Append(CultureInfo.InvariantCulture, $"public new {declared} @{member} {{ get => {(isDynamic ? $"Get({literal})" : $"Get<{declared}>({literal})")}; ");
            text.Append(isReadOnly ? "} " : $"set => Set({literal}, value); }} ");
        }

        text.Append("}\n");
    }

    /// <summary>Whether a name can be a member. Others are there through Get and Set, whose own names are taken.</summary>
    private static bool IsMember(string name) =>
        SyntaxFacts.IsValidIdentifier(name) && name is not (nameof(CSharpNames.Get) or nameof(CSharpNames.Set) or "VariableMembers" or "InputMembers");

    /// <summary>A type as C# writes it; null when scripts cannot name it.</summary>
    private static string? NameOf(Type type)
    {
        if (type == typeof(object))
            return "object";
        if (!type.IsVisible || type.IsNested || type.IsByRefLike)
            return null;
        if (type.IsArray)
            return type.GetArrayRank() == 1 && NameOf(type.GetElementType()!) is { } element ? element + "[]" : null;
        if (!type.IsGenericType)
            return "global::" + type.FullName;
        var arguments = type.GetGenericArguments().Select(NameOf).ToList();
        return arguments.Contains(null) ? null : $"global::{type.FullName!.Split('`')[0]}<{string.Join(", ", arguments)}>";
    }
}

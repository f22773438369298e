using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Platform.Tidy.Tests;

/// <summary>What things may be called.</summary>
internal static partial class NameRules
{
    private static readonly string[] FileNames = ["Models.cs", "Extensions.cs", "Endpoint.cs", "Endpoints.cs", "Constants.cs", "Types.cs", "Helpers.cs", "Utils.cs"];

    public static IEnumerable<Finding> Files(string path)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        if (FileNames.Contains(name))
            yield return new(path, 0, $"'{name}' says nothing of what is in it. Name it after the type, or after the thing it is about.");
    }

    public static IEnumerable<Finding> Types(SourceFile file)
    {
        foreach (var type in file.Syntax.DescendantNodes().OfType<BaseTypeDeclarationSyntax>())
        {
            var name = type.Identifier.Text;
            if (Empty().Match(name) is { Success: true } match)
                yield return file.At(type, $"'{name}': '{match.Value}' says nothing. Name what it is or does.");
        }
    }

    public static IEnumerable<(string Name, Finding Finding)> Interfaces(SourceFile file) =>
        file.Syntax.DescendantNodes().OfType<InterfaceDeclarationSyntax>().Select(type =>
            (type.Identifier.Text, file.At(type, $"the interface {type.Identifier.Text} is new. An interface needs two implementations today, or a reason in Ratchets.Interfaces.")));

    [GeneratedRegex("(Managers?|Helpers?|Utils?|Utilities|Impl)$|^Base(?=[A-Z])", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Empty();
}

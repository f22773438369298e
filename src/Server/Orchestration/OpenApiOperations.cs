using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Platform.Server.Orchestration;

/// <summary>Reads the operations out of an OpenAPI document, version 2 or 3, JSON or YAML. References are followed inside the document only.</summary>
internal sealed class OpenApiOperations
{
    private const int OperationsMax = 1000;
    private const int ReferencesMax = 32;
    private static readonly string[] _methods = ["get", "post", "put", "patch", "delete", "head", "options"];

    private readonly YamlMappingNode _document;
    private readonly JsonObject _operations = [];

    private OpenApiOperations(YamlMappingNode document) => _document = document;

    /// <summary>Reads a document.</summary>
    /// <param name="text">The document.</param>
    /// <returns>The operations by name, in the form in which services are registered.</returns>
    /// <exception cref="FormatException">It is no such document; the message says why.</exception>
    public static JsonObject Read(string text)
    {
        try
        {
            // JSON is YAML.
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            if (stream.Documents is not [{ RootNode: YamlMappingNode root }] || (Member(root, "openapi") ?? Member(root, "swagger")) is null)
                throw new FormatException("The body is no OpenAPI document: it has neither a member 'openapi' nor 'swagger'.");
            var reader = new OpenApiOperations(root);
            reader.ReadPaths();
            return reader._operations;
        }
        catch (YamlException exception)
        {
            throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"The body is neither JSON nor YAML. Line {exception.Start.Line}: {exception.Message}"), exception);
        }
    }

    private void ReadPaths()
    {
        if (Member(_document, "paths") is not YamlMappingNode paths)
            throw new FormatException("The document has no 'paths'.");
        foreach (var (key, value) in paths.Children)
        {
            if (key is not YamlScalarNode { Value: { } path } || Resolve(value) is not YamlMappingNode item)
                continue;
            foreach (var method in _methods)
            {
                if (Member(item, method) is YamlMappingNode operation)
                    ReadOperation(path, method, item, operation);
            }
        }

        if (_operations.Count == 0)
            throw new FormatException("The document describes no operations.");
    }

    private void ReadOperation(string path, string method, YamlMappingNode item, YamlMappingNode operation)
    {
        if (_operations.Count >= OperationsMax)
            throw new FormatException($"The document describes more than {OperationsMax} operations.");
        var parameters = new JsonObject();
        var body = "None";
        foreach (var node in Items(Member(item, "parameters")).Concat(Items(Member(operation, "parameters"))))
        {
            if (Resolve(node) is not YamlMappingNode parameter || Text(parameter, "name") is not { Length: > 0 } name)
                continue;
            if (name.Contains(':', StringComparison.Ordinal))
                throw new FormatException($"The parameter '{name}' of {method.ToUpperInvariant()} {path} has a colon in its name, which cannot be registered.");
            if (Text(parameter, "in") == "body")
                body = Text(parameter, "required") == "true" ? "Required" : "Optional";
            else if (PlaceOf(parameter) is { } place)
                parameters[name] = new JsonObject { ["in"] = place, ["type"] = TypeOf(parameter), ["required"] = place == "Path" || Text(parameter, "required") == "true" };
        }

        if (Resolve(Member(operation, "requestBody")) is YamlMappingNode requestBody)
            body = Text(requestBody, "required") == "true" ? "Required" : "Optional";
        var description = new JsonObject { ["method"] = method.ToUpperInvariant(), ["path"] = path, ["parameters"] = parameters, ["body"] = body };
        if (Text(operation, "summary") is { Length: > 0 } summary)
            description["summary"] = summary.Length <= 500 ? summary : summary[..500];
        _operations[NameOf(Text(operation, "operationId"), method, path)] = description;
    }

    /// <summary>Names are the same in upper and lower case, and a colon or a slash would begin something else.</summary>
    private string NameOf(string? id, string method, string path)
    {
        var plain = new StringBuilder();
        foreach (var letter in id is { Length: > 0 } ? id : $"{method}{path}")
            plain.Append(char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' or '.' ? letter : '_');
        var name = plain.ToString().Trim('_');
        name = name.Length == 0 ? method : name.Length <= 100 ? name : name[..100];
        var free = name;
        for (var number = 2; _operations.Any(operation => operation.Key.Equals(free, StringComparison.OrdinalIgnoreCase)); number++)
            free = string.Create(CultureInfo.InvariantCulture, $"{name}_{number}");
        return free;
    }

    private static string? PlaceOf(YamlMappingNode parameter) => Text(parameter, "in") switch
    {
        "path" => "Path",
        "query" => "Query",
        "header" => "Header",
        // Cookies are kept by nobody here.
        _ => null,
    };

    private string TypeOf(YamlMappingNode parameter) => (Text(Resolve(Member(parameter, "schema")) as YamlMappingNode, "type") ?? Text(parameter, "type")) switch
    {
        "string" => "String",
        "integer" => "Integer",
        "number" => "Number",
        "boolean" => "Boolean",
        "array" => "Array",
        _ => "Any",
    };

    private YamlNode? Resolve(YamlNode? node)
    {
        for (var i = 0; i < ReferencesMax && node is YamlMappingNode map && Text(map, "$ref") is { } reference; i++)
        {
            if (!reference.StartsWith("#/", StringComparison.Ordinal))
                throw new FormatException($"The document refers to '{reference}'. References to other documents are not followed: bundle them into one.");
            node = _document;
            foreach (var part in reference[2..].Split('/'))
                node = node is YamlMappingNode holder ? Member(holder, part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)) : null;
        }

        return node;
    }

    private static IEnumerable<YamlNode> Items(YamlNode? node) => node is YamlSequenceNode list ? list.Children : [];

    private static string? Text(YamlMappingNode? map, string name) => map is not null && Member(map, name) is YamlScalarNode scalar ? scalar.Value : null;

    private static YamlNode? Member(YamlMappingNode map, string name) =>
        map.Children.FirstOrDefault(member => member.Key is YamlScalarNode { Value: { } key } && key == name).Value;
}

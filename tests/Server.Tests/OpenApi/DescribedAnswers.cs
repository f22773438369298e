using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Platform.Server.Tests.OpenApi;

/// <summary>Compares requests and answers with what the OpenAPI document says of them.</summary>
/// <param name="document">The document.</param>
public sealed class DescribedAnswers(JsonNode document)
{
    /// <summary>What the document does not say, or says otherwise.</summary>
    /// <param name="method">Method of the request.</param>
    /// <param name="path">Its path, without the query.</param>
    /// <param name="sent">Its JSON body; null for none.</param>
    /// <param name="status">Status of the answer.</param>
    /// <param name="answered">Body of the answer, when it is JSON.</param>
    public IReadOnlyList<string> Differences(string method, string path, string? sent, int status, string? answered)
    {
        if (Find(method, path) is not { } operation)
            return [];
        var found = new List<string>();
        if (operation["responses"]![status.ToString(CultureInfo.InvariantCulture)] is not { } response)
            return [$"the document does not say that it may answer {status}: add .Produces or .Refuses({status}, \"WF....\") to the route"];
        response = Resolve(response);
        if (answered is not null && response["content"]?.AsObject() is { } content && content.First().Value!["schema"] is { } schema)
            Compare(JsonNode.Parse(answered), schema, "$", found);
        if (response["x-codes"]?.AsArray() is { } codes && answered is not null && JsonNode.Parse(answered)!["code"]!.GetValue<string>() is var code && codes.All(known => known!.GetValue<string>() != code))
            found.Add($"the document does not say that it may answer {status} with {code}: add it to .Refuses({status}, ...) of the route");
        if (status < 400 && sent is not null && operation["requestBody"] is { } body)
            Compare(JsonNode.Parse(sent), body["content"]!["application/json"]!["schema"]!, "the request", found);
        if (status < 400 && sent is not null && operation["requestBody"] is null)
            found.Add("the document does not say that it reads a body: add .Reads<TRecord>() to the route");
        return found;
    }

    private JsonObject? Find(string method, string path)
    {
        var parts = path.Trim('/').Split('/');
        return document["paths"]!.AsObject()
            .Where(template => Matches(template.Key.Trim('/').Split('/'), parts) && template.Value![method.ToLowerInvariant()] is not null)
            .OrderBy(template => template.Key.Count(letter => letter == '{')).Select(template => template.Value![method.ToLowerInvariant()]!.AsObject()).FirstOrDefault();
    }

    private static bool Matches(string[] template, string[] parts) =>
        template.Length == parts.Length && template.Zip(parts).All(pair => pair.First.StartsWith('{') || pair.First == pair.Second);

    private JsonNode Resolve(JsonNode node)
    {
        if (node["$ref"]?.GetValue<string>() is not { } reference)
            return node;
        return reference[2..].Split('/').Aggregate(document, (holder, part) => holder[part]!);
    }

    private void Compare(JsonNode? value, JsonNode schema, string path, List<string> found)
    {
        schema = Resolve(schema);
        if (schema["anyOf"]?.AsArray() is { } choices)
        {
            if (!choices.Any(choice => IsFit(value, choice!, path)))
                found.Add($"{path} is none of what the document allows");
            return;
        }

        if (schema["type"] is { } type && !Types(type).Contains(KindOf(value)) && !(KindOf(value) == "integer" && Types(type).Contains("number")))
        {
            found.Add($"{path} is {KindOf(value)}, and the document says {type.ToJsonString()}");
            return;
        }

        if (schema["enum"]?.AsArray() is { } names && value is not null && names.All(name => name?.ToJsonString() != value.ToJsonString()))
            found.Add($"{path} is {value.ToJsonString()}, which the document does not name");
        if (schema["pattern"]?.GetValue<string>() is { } pattern && value?.GetValueKind() == JsonValueKind.String && !Regex.IsMatch(value.GetValue<string>(), pattern, RegexOptions.None, TimeSpan.FromSeconds(1)))
            found.Add($"{path} does not have the form that the document says");
        if (value is JsonObject members)
            CompareMembers(members, schema, path, found);
        if (value is JsonArray items && schema["items"] is { } each)
        {
            foreach (var item in items)
                Compare(item, each, path + "[]", found);
        }
    }

    private void CompareMembers(JsonObject members, JsonNode schema, string path, List<string> found)
    {
        if (schema["properties"]?.AsObject() is not { } properties)
            return;
        foreach (var (name, member) in members)
        {
            if (properties[name] is { } known)
                Compare(member, known, $"{path}.{name}", found);
            // Elsa's clients get more members in problems than ours.
            else if (schema["additionalProperties"] is not JsonObject)
                found.Add($"{path}.{name} is not in the document");
        }

        foreach (var name in schema["required"]?.AsArray() ?? [])
        {
            if (!members.ContainsKey(name!.GetValue<string>()))
                found.Add($"{path}.{name} is missing, and the document says that it is there");
        }
    }

    private bool IsFit(JsonNode? value, JsonNode schema, string path)
    {
        var found = new List<string>();
        Compare(value, schema, path, found);
        return found.Count == 0;
    }

    private static IEnumerable<string> Types(JsonNode type) => type is JsonArray several ? several.Select(one => one!.GetValue<string>()) : [type.GetValue<string>()];

    private static string KindOf(JsonNode? value) => value?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "null",
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => value.ToJsonString().IndexOfAny(['.', 'e', 'E']) < 0 ? "integer" : "number",
        _ => "boolean",
    };
}

using System.Text.Json;
using System.Text.Json.Nodes;

namespace Platform.Runtime.Tests.Semantics;

/// <summary>
/// One rule of Elsa's semantics as a file: a sentence, a workflow as Studio exports it, what is done to it and what is expected after
/// each step. Adding a file to <c>cases</c> adds a test; <c>cases/README.md</c> describes the members.
/// </summary>
internal sealed class SemanticCase
{
    private static readonly string[] _members = ["rule", "section", "driver", "workflows", "steps"];

    private SemanticCase(string name, JsonObject file)
    {
        Name = name;
        foreach (var (member, _) in file)
            _members.ShouldContain(member, $"{name} has a member that nothing reads.");
        Rule = file["rule"].ShouldNotBeNull($"{name} does not say its rule.").GetValue<string>();
        Section = file["section"].ShouldNotBeNull($"{name} does not name its section.").GetValue<string>();
        Driver = file["driver"]?.GetValue<string>() ?? "engine";
        Workflows = [.. file["workflows"].ShouldNotBeNull($"{name} has no workflows.").AsArray().Select(workflow => workflow!.AsObject())];
        Steps = [.. file["steps"].ShouldNotBeNull($"{name} has no steps.").AsArray().Select(step => new SemanticStep(name, step!.AsObject()))];
    }

    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "cases");

    public string Name { get; }

    public string Rule { get; }

    public string Section { get; }

    /// <summary>
    /// <c>engine</c>: the interpreter alone, once in one go and once through the stored form of the state. <c>stored</c>: only the
    /// latter, for rules about what storing does. <c>runtime</c>: the whole runtime, once as it is and once restarted before each step.
    /// </summary>
    public string Driver { get; }

    public IReadOnlyList<JsonObject> Workflows { get; }

    public IReadOnlyList<SemanticStep> Steps { get; }

    public static IReadOnlyList<string> Names() => [.. Directory.EnumerateFiles(Folder, "*.json", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Folder, path).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    public static SemanticCase Load(string name)
    {
        var file = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, name)), documentOptions: new JsonDocumentOptions { MaxDepth = 256 });
        return new SemanticCase(name, file!.AsObject());
    }
}

/// <summary>One thing done to an instance, and what is expected of it.</summary>
internal sealed class SemanticStep
{
    private static readonly string[] _actions = ["start", "resume", "event", "cancel", "retry", "advance", "publish", "retract", "read"];

    public SemanticStep(string caseName, JsonObject step)
    {
        var (action, value) = step.Single(member => member.Key is not "expect" and not "until");
        _actions.ShouldContain(action, $"{caseName} has a step that nothing does.");
        Action = action;
        Value = value;
        Until = step["until"] as JsonObject;
        Expectation = step["expect"] as JsonObject ?? [];
    }

    public string Action { get; }

    public JsonNode? Value { get; }

    /// <summary>Runtime only: definition id to sub-status that must be reached before looking.</summary>
    public JsonObject? Until { get; }

    public JsonObject Expectation { get; }

    public string? Text(string member) => (Value as JsonObject)?[member]?.GetValue<string>();

    public Dictionary<string, object?>? Values(string member) =>
        (Value as JsonObject)?[member] is { } values ? (Dictionary<string, object?>?)Engine.Values.DynamicJson.Parse(values.ToJsonString()) : null;
}

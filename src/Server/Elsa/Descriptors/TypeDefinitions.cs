using System.Collections;
using System.Globalization;
using System.Text;
using Platform.Engine.Definitions;
using Platform.Engine.Plans;
using Platform.Runtime.Definitions;
using Platform.Server.Audit;
using Platform.Server.Security;

namespace Platform.Server.Elsa.Descriptors;

/// <summary>
/// TypeScript declarations of what JavaScript expressions of a workflow can use: editors complete and check with them.
/// </summary>
internal static class TypeDefinitions
{
    private const string Always = """
        declare function getWorkflowDefinitionId(): string;
        declare function getWorkflowDefinitionVersionId(): string;
        declare function getWorkflowDefinitionVersion(): number;
        declare function getWorkflowInstanceId(): string;
        declare function getCorrelationId(): string | null;
        declare function setCorrelationId(correlationId: string): void;
        declare function getWorkflowInstanceName(): string | null;
        declare function setWorkflowInstanceName(name: string): void;
        declare function getVariable(name: string): any;
        declare function setVariable(name: string, value: any): void;
        declare function getInput(name: string): any;
        declare function getOutputFrom(activityIdOrName: string, outputName?: string): any;
        declare function getLastResult(): any;
        declare function isNullOrWhiteSpace(value: string | null | undefined): boolean;
        declare function isNullOrEmpty(value: string | null | undefined): boolean;
        declare function toJson(value: any): string;
        declare function newGuid(): string;
        declare function newGuidString(): string;
        declare function newShortGuid(): string;
        declare function parseGuid(value: string): string;
        declare function bytesToString(bytes: any): string;
        declare function bytesFromString(text: string): any;
        declare function bytesToBase64(bytes: any): string;
        declare function bytesFromBase64(base64: string): any;
        declare function stringToBase64(text: string): string;
        declare function stringFromBase64(base64: string): string;
        declare function streamToBytes(stream: any): any;
        declare function streamToBase64(stream: any): string;
        declare function getConfig(key: string): string | null;
        declare function createEventTriggerUrl(eventName: string, lifetimeOrExpiry: any): string;
        declare function createResumeUrl(activity: string, lifetimeOrExpiry?: any, input?: any): string;
        declare const args: { [name: string]: any };
        declare const DateTime: any;
        declare const DateTimeOffset: any;
        declare const TimeSpan: any;
        declare const Guid: any;
        declare const Random: any;
        declare const HttpHeaders: any;
        declare const LogPersistenceMode: { Inherit: string; Include: string; Exclude: string };

        """;

    /// <summary>Maps the route.</summary>
    public static void MapTypeDefinitions(this IEndpointRouteBuilder api) =>
        api.MapPost("/scripting/javascript/type-definitions/{definitionId}", GetAsync).RequirePermission("read:javascript-type-definitions").NotAudited("It only reads.");

    /// <summary>Unknown and unreadable definitions get what every expression can use: the editor opens all the same.</summary>
    private static async Task<IResult> GetAsync(
        string definitionId,
        Body<TypeDefinitionsRequest> body,
        HttpContext context,
        WorkflowDefinitions definitions,
        PlanCache plans,
        CancellationToken cancellationToken)
    {
        var found = await definitions.FindAsync(definitionId, VersionOptions.Latest, cancellationToken);
        var plan = found is null ? null : plans.TryCompile(found, out _);
        var text = new StringBuilder(Always);
        if (plan is not null)
            Declare(text, plan);
        if (body.Value.ActivityTypeName == "Elsa.RunJavaScript")
            text.Append("declare function setOutcome(outcome: string): void;\ndeclare function setOutcomes(outcomes: string[]): void;\n");
        context.Response.Headers.ContentDisposition = $"attachment; filename=elsa.{Uri.EscapeDataString(definitionId)}.d.ts";
        return Results.Text(text.ToString(), "application/x-typescript", Encoding.UTF8);
    }

    private static void Declare(StringBuilder text, WorkflowPlan plan)
    {
        var variables = plan.Nodes.SelectMany(node => node.Variables).DistinctBy(variable => variable.Name).ToList();
        text.Append("declare const variables: {\n");
        foreach (var variable in variables.Where(variable => IsIdentifier(variable.Name)))
            text.Append(CultureInfo.InvariantCulture, $"  {variable.Name}: {ToTypeScript(variable.Type)};\n");
        text.Append("  [name: string]: any;\n};\n");
        foreach (var variable in variables.Where(variable => IsIdentifier(Pascal(variable.Name))))
        {
            var (name, type) = (Pascal(variable.Name), ToTypeScript(variable.Type));
            text.Append(CultureInfo.InvariantCulture, $"declare function get{name}(): {type};\ndeclare function set{name}(value: {type}): void;\n");
        }

        foreach (var input in plan.Content.Inputs.Where(input => IsIdentifier(Pascal(input.Name)) && !variables.Exists(variable => variable.Name == input.Name)))
            text.Append(CultureInfo.InvariantCulture, $"declare function get{Pascal(input.Name)}(): {ToTypeScript(input.Type)};\n");
        DeclareOutputs(text, plan);
    }

    private static void DeclareOutputs(StringBuilder text, WorkflowPlan plan)
    {
        var declared = new HashSet<string>(StringComparer.Ordinal);
        foreach (var node in plan.Nodes.Skip(1))
        {
            var owner = plan.Content.ToolMajorVersion >= 3 ? node.Activity.Name : node.Activity.Id;
            foreach (var output in node.Type.Outputs)
            {
                var name = $"get{Pascal(output.Name)}From{Pascal(owner ?? "")}";
                if (!string.IsNullOrEmpty(owner) && IsIdentifier(name) && declared.Add(name))
                    text.Append(CultureInfo.InvariantCulture, $"declare function {name}(): {ToTypeScript(output.ValueType)};\n");
            }
        }
    }

    private static string Pascal(string name)
    {
        var text = new StringBuilder(name.Length);
        var isStart = true;
        foreach (var c in name)
        {
            if (c is ' ' or '_' or '-')
            {
                isStart = true;
                continue;
            }

            text.Append(isStart ? char.ToUpperInvariant(c) : c);
            isStart = false;
        }

        return text.ToString();
    }

    private static bool IsIdentifier(string name) =>
        name.Length > 0 && !char.IsDigit(name[0]) && name.All(c => char.IsLetterOrDigit(c) || c is '_' or '$');

    private static string ToTypeScript(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string) || type == typeof(Guid) || type == typeof(Uri) || type.IsEnum)
            return "string";
        if (type == typeof(bool))
            return "boolean";
        if (type.IsPrimitive || type == typeof(decimal))
            return "number";
        if (type == typeof(DateTime) || type == typeof(DateTimeOffset))
            return "Date";
        if (typeof(IDictionary).IsAssignableFrom(type))
            return "{ [key: string]: any }";
        if (type != typeof(byte[]) && type.IsArray && type.GetElementType() is { } element)
            return ToTypeScript(element) + "[]";
        return typeof(IEnumerable).IsAssignableFrom(type) && type.IsGenericType && type.GetGenericArguments() is [var item] ? ToTypeScript(item) + "[]" : "any";
    }
}

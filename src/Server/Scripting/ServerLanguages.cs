using System.Text.Json.Nodes;
using Platform.Engine;
using Platform.Engine.Expressions;
using Platform.Engine.Secrets;
using Platform.Engine.Values;
using Platform.Scripting.JavaScript;
using Platform.Scripting.Liquid;
using Platform.Server.Composition;
using Platform.Server.Elsa.Instances;
using Platform.Server.Http;
using Platform.Server.Secrets;

namespace Platform.Server.Scripting;

/// <summary>The expression languages of this server.</summary>
internal static class ServerLanguages
{
    /// <summary>All languages that Elsa has, those that are switched off as well: documents may name them.</summary>
    /// <param name="options">Which are on.</param>
    /// <param name="configuration">Where settings are read that expressions may see.</param>
    /// <param name="clock">Time.</param>
    /// <param name="server">What the server's own functions need.</param>
    public static ExpressionLanguages Create(ScriptingOptions options, IConfiguration configuration, TimeProvider clock, ServerFunctions server)
    {
        var functions = new Dictionary<string, Func<ActivityExecutionContext, Delegate>>(StringComparer.Ordinal)
        {
            ["createEventTriggerUrl"] = context => (Func<string?, object?, object?>)((eventName, lifetimeOrExpiry) =>
                server.Links().Create(eventName, context.WorkflowExecutionContext.Id, lifetimeOrExpiry)),
            ["createResumeUrl"] = context => (Func<string?, object?, object?, object?>)((activity, lifetimeOrExpiry, input) => server.ResumeLinks()
                .Create(new ResumeTarget(context.WorkflowExecutionContext.Id, null, activity), lifetimeOrExpiry, JsonNode.Parse(DynamicJson.ToText(input)) as JsonObject).Url),
            ["getSecret"] = context => (Func<string?, object?>)(name => server.Secrets().Read(context, name ?? "")),
        };
        var settings = options.AllowedConfiguration.Count == 0 ? null : new ScriptConfiguration(options.AllowedConfiguration, key => configuration[key]);
        ExpressionLanguages? languages = null;
        languages = new ExpressionLanguages(
            new LiteralLanguage(),
            new ObjectLanguage("Object", () => languages!),
            new ObjectLanguage("Json", () => languages!),
            new VariableLanguage(),
            new InputLanguage(),
            new SecretLanguage((context, name) => server.Secrets().Read(context, name)),
            new JavaScriptLanguage(JsOptions.Default with { TimeProvider = clock }, settings, Types, functions, [.. options.JavaScriptLibraries.Select(library => ReadLibrary(library.Name, library.Path))]),
            new LiquidLanguage(LiquidOptions.Default with { TimeProvider = clock }, settings),
            options.AllowCSharp ? new CSharpLanguage() : CSharpSwitchedOff,
            UnavailableLanguage.Python);
        return languages;
    }

    private static JsLibrary ReadLibrary(string name, string path)
    {
        try
        {
            return new JsLibrary(name, File.ReadAllText(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsSyntaxException or ArgumentException)
        {
            throw new ConfigurationMistakesException([$"Scripting:JavaScriptLibraries names the library '{name}' in '{path}', which cannot be used: {exception.Message}"]);
        }
    }

    private static Dictionary<string, Type> Types { get; } = new(StringComparer.Ordinal) { [nameof(HttpHeaders)] = typeof(HttpHeaders) };

    private static UnavailableLanguage CSharpSwitchedOff { get; } = new(
        "CSharp",
        "WF1122",
        "C# is switched off on this server, because it is no sandbox. Write it in JavaScript, or have Scripting:AllowCSharp set to true.");
}

/// <summary>What the server's own functions of scripts need; asked for at the first use, because the server's keys lie with the data.</summary>
/// <param name="Links">Makes the links of <c>createEventTriggerUrl</c>.</param>
/// <param name="ResumeLinks">Makes the links of <c>createResumeUrl</c>.</param>
/// <param name="Secrets">Gives the values of <c>getSecret</c>.</param>
internal sealed record ServerFunctions(Func<EventLinks> Links, Func<ResumeLinks> ResumeLinks, Func<SecretStore> Secrets);

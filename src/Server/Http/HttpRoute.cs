using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.Routing.Template;

namespace Platform.Server.Http;

/// <summary>A route template with parameters, ready to be matched.</summary>
internal sealed class HttpRoute
{
    private readonly TemplateMatcher _matcher;
    private readonly (string Name, IRouteConstraint Constraint)[] _constraints;

    /// <summary>Prepares a template.</summary>
    /// <param name="path">Template, as <see cref="HttpPath.Normalize"/> gives it.</param>
    /// <param name="policies">Makes constraints of what the template names.</param>
    /// <exception cref="InvalidOperationException">It names an unknown constraint.</exception>
    public HttpRoute(string path, ParameterPolicyFactory policies)
    {
        var pattern = RoutePatternFactory.Parse(path);
        var template = new RouteTemplate(pattern);
        Precedence = RoutePrecedence.ComputeInbound(template);
        _matcher = new TemplateMatcher(template, new RouteValueDictionary(pattern.Defaults));
        var constraints = new List<(string, IRouteConstraint)>();
        foreach (var parameter in pattern.Parameters)
        {
            foreach (var reference in parameter.ParameterPolicies)
            {
                if (policies.Create(parameter, reference) is IRouteConstraint constraint)
                    constraints.Add((parameter.Name, constraint));
            }
        }

        _constraints = [.. constraints];
        Path = path;
    }

    /// <summary>The template.</summary>
    public string Path { get; }

    /// <summary>The lower, the more specific: routes are tried in this order.</summary>
    public decimal Precedence { get; }

    /// <summary>What starts here, by method. Immutable.</summary>
    public HttpTriggers Triggers { get; init; } = HttpTriggers.None;

    /// <summary>Methods that some instance waits for here, or once waited for.</summary>
    public ConcurrentDictionary<string, HttpWaiting> Waiting { get; init; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a path matches.</summary>
    /// <param name="context">The request, for constraints.</param>
    /// <param name="path">Path below the base path, with its leading slash.</param>
    /// <param name="values">The route values when it does.</param>
    public bool TryMatch(HttpContext context, PathString path, out RouteValueDictionary values)
    {
        values = [];
        if (!_matcher.TryMatch(path, values))
            return false;
        foreach (var (name, constraint) in _constraints)
        {
            if (!constraint.Match(context, null, name, values, RouteDirection.IncomingRequest))
                return false;
        }

        return true;
    }
}

/// <summary>The triggers of one path, by method. Immutable; a path has one or two methods, so a scan beats a dictionary.</summary>
/// <param name="byMethod">Methods and their triggers.</param>
internal sealed class HttpTriggers(params (string Method, HttpTrigger[] Triggers)[] byMethod)
{
    public static HttpTriggers None { get; } = new();

    /// <summary>The triggers for a method; null when there is none.</summary>
    /// <param name="method">Method in any case.</param>
    public HttpTrigger[]? Find(string method)
    {
        foreach (var (candidate, triggers) in byMethod)
        {
            if (candidate.Equals(method, StringComparison.OrdinalIgnoreCase))
                return triggers;
        }

        return null;
    }
}

/// <summary>An endpoint that starts a workflow.</summary>
/// <param name="DefinitionId">The definition.</param>
/// <param name="DefinitionVersionId">Its published version.</param>
/// <param name="ActivityId">The endpoint activity.</param>
/// <param name="Rules">What a request must fulfil first.</param>
internal sealed record HttpTrigger(string DefinitionId, string DefinitionVersionId, string ActivityId, HttpEndpointRules Rules)
{
    /// <summary>The id of the instance that follows from what a request says: the same parts, the same instance.</summary>
    /// <param name="parts">What the request says.</param>
    public static string InstanceIdOf(params ReadOnlySpan<string> parts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts!))).AsSpan(0, 16));
}

/// <summary>What a request reached.</summary>
/// <param name="Triggers">Endpoints that start workflows; null when the request can only resume one.</param>
/// <param name="Path">The template, and with the method the key of what waits.</param>
/// <param name="Waiting">What waits here; null when nothing is known to.</param>
/// <param name="Values">Route values; null for a path without parameters.</param>
internal readonly record struct HttpMatch(HttpTrigger[]? Triggers, string Path, HttpWaiting? Waiting, RouteValueDictionary? Values);

/// <summary>Somebody began to wait at a path and method. A new one is made each time, so that forgetting an old one keeps the new.</summary>
/// <param name="hash">Hash of the bookmarks.</param>
internal sealed class HttpWaiting(string hash)
{
    /// <summary>Hash of the bookmarks.</summary>
    public string Hash { get; } = hash;
}

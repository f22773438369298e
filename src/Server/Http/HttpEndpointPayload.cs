using Platform.Engine.Execution;

namespace Platform.Server.Http;

/// <summary>What requests, triggers and bookmarks of HTTP endpoints are matched by. Its JSON is <c>{"path":"...","method":"..."}</c>.</summary>
/// <param name="Path">Route template, lower case, with a leading slash.</param>
/// <param name="Method">Method, lower case.</param>
public sealed record HttpEndpointPayload(string Path, string Method)
{
    /// <summary>Stimulus name of HTTP endpoints.</summary>
    public const string StimulusName = "Elsa.HttpEndpoint";

    /// <summary>What a request must fulfil before anything starts. Not part of the JSON, so that changing it keeps the hash.</summary>
    internal HttpEndpointRules Rules { get; init; } = HttpEndpointRules.None;

    /// <summary>The hash by which the store finds triggers and bookmarks of this path and method.</summary>
    internal string ComputeHash() => StimulusHash.Compute(StimulusName, StimulusHash.ToJson(this));
}

/// <summary>What an endpoint asks of a request before it runs.</summary>
/// <param name="Authorize">Whether the caller must be signed in.</param>
/// <param name="Policy">Authorisation policy that the caller must fulfil; null for none.</param>
/// <param name="BodyBytesMax">Largest body by its declared length; a larger one is refused at once. Null leaves that to the activity.</param>
/// <param name="Webhook">How the caller signs; null when callers need not.</param>
internal sealed record HttpEndpointRules(bool Authorize, string? Policy, long? BodyBytesMax, WebhookRule? Webhook = null)
{
    public static HttpEndpointRules None { get; } = new(false, null, null);
}

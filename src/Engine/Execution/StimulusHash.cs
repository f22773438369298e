using System.Security.Cryptography;
using System.Text;
using Platform.Engine.Values;

namespace Platform.Engine.Execution;

/// <summary>The hash by which stimuli find bookmarks and triggers: by value of name and payload.</summary>
public static class StimulusHash
{
    /// <summary>A payload as the JSON text that is stored and hashed; a string stays as it is; null stays null.</summary>
    /// <param name="payload">The payload.</param>
    public static string? ToJson(object? payload) => payload switch
    {
        null => null,
        string text => text,
        _ => DynamicJson.ToText(payload),
    };

    /// <summary>Upper-case hexadecimal SHA-256 over name, payload and (when given) the activity execution's id.</summary>
    /// <param name="name">Stimulus name.</param>
    /// <param name="payload">Payload as JSON text, or null.</param>
    /// <param name="activityInstanceId">Only this activity execution, or null for any.</param>
    public static string Compute(string name, string? payload, string? activityInstanceId = null)
    {
        var text = new StringBuilder(name);
        if (payload is not null)
            text.Append('|').Append(payload);
        if (activityInstanceId is not null)
            text.Append('|').Append(activityInstanceId);
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}

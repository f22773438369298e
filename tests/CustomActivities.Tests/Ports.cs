using System.Text.Json.Nodes;

namespace Platform.CustomActivities.Tests;

/// <summary>Puts one part of a document into another.</summary>
internal static class Ports
{
    /// <summary>The activity with a member.</summary>
    public static JsonObject With(this JsonObject activity, string name, JsonObject part)
    {
        activity[name] = part;
        return activity;
    }
}

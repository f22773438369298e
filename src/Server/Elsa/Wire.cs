using System.Text.Json.Nodes;
using Platform.Server.Elsa.Definitions;

namespace Platform.Server.Elsa;

/// <summary>Replies with JSON.</summary>
internal static class Wire
{
    private const string ContentType = "application/json; charset=utf-8";

    /// <summary>A reply with one of our records.</summary>
    /// <typeparam name="T">The record, known to <see cref="WireJson"/>.</typeparam>
    public static IResult Json<T>(T value, int status = StatusCodes.Status200OK)
        where T : class => value is JsonNode node
            ? Results.Text(ElsaDocuments.ToText(node), ContentType, statusCode: status)
            : Results.Json(value, WireJson.Of<T>(), ContentType, status);
}

/// <summary>Rows of any kind and their number.</summary>
internal sealed record Listing<T>(IReadOnlyList<T> Items)
{
    /// <summary>Number of rows.</summary>
    public int Count => Items.Count;
}

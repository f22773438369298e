using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Platform.Server.Security;

namespace Platform.Server.Elsa.Operations;

/// <summary>Elsa's page that answers with failures, by which workflows that cope with them are tried out.</summary>
internal static class SimulatedResponseRoutes
{
    private const int CodesMax = 100;
    private const int SessionLengthMax = 100;
    private const int QueryLengthMax = 1_000;

    /// <summary>Maps the route.</summary>
    /// <param name="api">The API.</param>
    public static void MapSimulatedResponses(this IEndpointRouteBuilder api) =>
        api.MapGet("/simulate-response", Simulate).RequirePermission("exec:resilience", "exec:resilience:simulate-response");

    private static IResult Simulate(HttpRequest request, SimulatedResponses responses)
    {
        var session = request.Query.Text("sessionId") ?? "default";
        if (session.Length > SessionLengthMax)
            return Problems.Invalid("WF4005", "sessionId", $"The name of a session has {SessionLengthMax} characters at most.");
        if (ReadCodes(request.Query.Text("codes")) is not { } codes)
            return Problems.Invalid("WF4005", "codes", $"'codes' is a JSON list of 1 to {CodesMax} HTTP statuses between 200 and 599, for example [429,503,200].");
        if (responses.Next(session, codes.Length) is not { } index)
            return Problems.Status(StatusCodes.Status429TooManyRequests, "WF4723", "Too many sessions are under way. Use one that was used before, or none.");
        return Wire.Json(new SimulatedResponse(ReasonPhrases.GetReasonPhrase(codes[index])), codes[index]);
    }

    private static int[]? ReadCodes(string? text)
    {
        if (text is null)
            return [StatusCodes.Status429TooManyRequests, StatusCodes.Status503ServiceUnavailable, StatusCodes.Status200OK];
        if (text.Length > QueryLengthMax)
            return null;
        try
        {
            using var document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind != JsonValueKind.Array || document.RootElement.GetArrayLength() is 0 or > CodesMax)
                return null;
            var codes = new List<int>();
            foreach (var item in document.RootElement.EnumerateArray())
            {
                if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt32(out var code) || code is < 200 or > 599)
                    return null;
                codes.Add(code);
            }

            return [.. codes];
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>How far each session of simulated responses is; they are forgotten when the server ends.</summary>
internal sealed class SimulatedResponses
{
    private const int SessionsMax = 1_000;
    private readonly Lock _sync = new();
    private readonly Dictionary<string, int> _next = new(StringComparer.Ordinal);

    /// <summary>The response to give now; the last one for ever once all were given.</summary>
    /// <param name="session">Name of the session.</param>
    /// <param name="count">How many responses it has.</param>
    /// <returns>Null when there are too many sessions.</returns>
    public int? Next(string session, int count)
    {
        lock (_sync)
        {
            if (!_next.TryGetValue(session, out var index) && _next.Count >= SessionsMax)
                return null;
            _next[session] = Math.Min(index + 1, int.MaxValue - 1);
            return Math.Min(index, count - 1);
        }
    }
}

/// <summary>A simulated response.</summary>
/// <param name="Message">What its status means.</param>
internal sealed record SimulatedResponse(string Message);

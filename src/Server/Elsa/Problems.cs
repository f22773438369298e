using System.Text.Json.Serialization;
using Platform.Engine.Definitions;
using Platform.Server.Elsa.Definitions;

namespace Platform.Server.Elsa;

/// <summary>
/// The answers to requests that cannot be served. Studio shows the texts of <c>errors</c> of a 400 to its user; programs read
/// <c>code</c> and <c>problems</c>.
/// </summary>
internal static class Problems
{
    private const string ContentType = "application/problem+json";

    /// <summary>400 with one problem.</summary>
    public static IResult Invalid(string code, string path, string message) => Invalid([new DefinitionProblem(path, code, message)]);

    /// <summary>400 with several problems.</summary>
    public static IResult Invalid(IReadOnlyList<DefinitionProblem> problems) => Results.Json(
        new InvalidRequest(
            StatusCodes.Status400BadRequest,
            "One or more errors occurred!",
            new InvalidRequestErrors([.. problems.Select(ToText)]),
            problems.Count > 0 ? problems[0].Code : "WF4002",
            problems),
        WireJson.Of<InvalidRequest>(),
        ContentType,
        StatusCodes.Status400BadRequest);

    /// <summary>The change of a definition that somebody else has changed; in the shape of a 400 also when it is a 412.</summary>
    public static IResult Conflict(int status, DefinitionProblem problem, ConflictModel conflict) => Results.Json(
        new InvalidRequest(status, "One or more errors occurred!", new InvalidRequestErrors([problem.Message]), problem.Code, [problem]) { Conflict = conflict },
        WireJson.Of<InvalidRequest>(),
        ContentType,
        status);

    /// <summary>404.</summary>
    /// <param name="what">Kind of thing, for example <c>workflow definition</c>.</param>
    /// <param name="id">What was asked for.</param>
    public static IResult NotFound(string what, string? id) =>
        Status(StatusCodes.Status404NotFound, "WF4004", $"There is no {what} '{id}'.");

    /// <summary>Any other status.</summary>
    public static IResult Status(int status, string code, string detail) => Results.Json(
        new RefusedRequest(ReasonOf(status), status, detail, code),
        WireJson.Of<RefusedRequest>(),
        ContentType,
        status);

    private static string ToText(DefinitionProblem problem) => problem.Path is "$" or "" ? problem.Message : $"{problem.Message} (at {problem.Path})";

    private static string ReasonOf(int status) => Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status);
}

/// <summary>The body of a 400, in Elsa's shape and with our codes.</summary>
internal sealed record InvalidRequest(
    int StatusCode,
    string Message,
    InvalidRequestErrors Errors,
    string Code,
    IReadOnlyList<DefinitionProblem> Problems)
{
    /// <summary>What somebody else did, when that is why.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ConflictModel? Conflict { get; init; }
}

/// <summary>What Studio shows, one message each.</summary>
internal sealed record InvalidRequestErrors(IReadOnlyList<string> GeneralErrors);

/// <summary>The body of every other refusal: problem details with a stable code.</summary>
internal sealed record RefusedRequest(string Title, int Status, string Detail, string Code)
{
    /// <summary>Always <c>about:blank</c>: <see cref="Code"/> says what it is.</summary>
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "about:blank";
}

using System.Text.RegularExpressions;

namespace Platform.Server.Tests.Scenarios;

/// <summary>
/// Requests to the API and what is expected of the answers, read from the text files of this folder:
/// <code>
/// # a comment
/// == Title of a scenario; each runs by itself, on a server that others use as well
/// POST /api/queue?take=1     a step: method and address, "as nobody" behind it for one without credentials
/// ! Header: value            a header; "! Upload: name.json" sends the body as an uploaded file
/// {"the":"body"}             all lines up to the first that begins with ">"
/// > 200 201                  the statuses that are right
/// > + text                   the answer contains it
/// > - text                   the answer does not contain it
/// > ^ Header: text           the header contains it
/// > = name items.0.id        keeps a value of the JSON answer as {{name}}
/// </code>
/// In addresses, bodies and expected texts {{name}} stands for a kept value, and {{file:id}} for the workflow in Documents/file.json with
/// every ID replaced.
/// </summary>
public sealed partial record Scenario(string Name, IReadOnlyList<Step> Steps)
{
    private static readonly Lazy<IReadOnlyList<Scenario>> _all = new(() => [.. Directory.EnumerateFiles(Folder, "*.txt").Order(StringComparer.Ordinal).SelectMany(Read)]);

    public static IReadOnlyList<Scenario> All => _all.Value;

    public static string Folder => Path.Combine(AppContext.BaseDirectory, "Scenarios");

    private static IEnumerable<Scenario> Read(string path)
    {
        var (file, title, steps, step) = (Path.GetFileNameWithoutExtension(path), "", new List<Step>(), (Step?)null);
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            if (line.StartsWith('#') || (line.Length == 0 && step?.Statuses.Count is null or > 0))
                continue;
            if (line.StartsWith("== ", StringComparison.Ordinal))
            {
                if (steps.Count > 0)
                    yield return new Scenario($"{file}: {title}", steps);
                (title, steps, step) = (line[3..], [], null);
            }
            else if (step?.Statuses.Count is null or > 0 && Request().Match(line) is { Success: true } request)
            {
                step = new Step($"{file}.txt:{number}", request.Groups["method"].Value, request.Groups["path"].Value, request.Groups["nobody"].Success);
                steps.Add(step);
            }
            else if (step is null)
            {
                throw new FormatException($"{file}.txt:{number}: a scenario begins with '== Title', a step with a method and an address.");
            }
            else if (line.StartsWith("> ", StringComparison.Ordinal))
            {
                step.Expect(line[2..]);
            }
            else if (line.StartsWith("! ", StringComparison.Ordinal) && step.Body.Count == 0)
            {
                step.Headers.Add((line[2..line.IndexOf(':', StringComparison.Ordinal)], line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()));
            }
            else if (step.Statuses.Count > 0)
            {
                throw new FormatException($"{file}.txt:{number}: '{line}' is no step and no expectation.");
            }
            else
            {
                step.Body.Add(line);
            }
        }

        if (steps.Count > 0)
            yield return new Scenario($"{file}: {title}", steps);
    }

    [GeneratedRegex("^(?<method>GET|POST|PUT|DELETE|PATCH) (?<path>/\\S*)(?<nobody> as nobody)?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Request();
}

/// <summary>A request and what is expected.</summary>
public sealed record Step(string Place, string Method, string Path, bool IsNobodys)
{
    public List<(string Name, string Value)> Headers { get; } = [];

    public List<string> Body { get; } = [];

    public List<int> Statuses { get; } = [];

    public List<string> Contained { get; } = [];

    public List<string> NotContained { get; } = [];

    public List<(string Name, string Text)> AnswerHeaders { get; } = [];

    public List<(string Name, string Path)> Kept { get; } = [];

    public bool Succeeds => Statuses.TrueForAll(status => status < 400);

    public void Expect(string text)
    {
        var rest = text.Length > 2 ? text[2..] : "";
        switch (text[0])
        {
            case '+':
                Contained.Add(rest);
                break;
            case '-':
                NotContained.Add(rest);
                break;
            case '^':
                AnswerHeaders.Add((rest[..rest.IndexOf(':', StringComparison.Ordinal)], rest[(rest.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()));
                break;
            case '=':
                Kept.Add((rest.Split(' ')[0], rest.Split(' ')[1]));
                break;
            default:
                Statuses.AddRange(text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse));
                break;
        }
    }
}

using System.Text.RegularExpressions;

namespace Platform.Tidy.Tests;

/// <summary>
/// Texts of the web UI: pages are loaded when they are opened, so a text that a page shows must be defined by what the page imports, or
/// by the shell.
/// </summary>
internal static partial class StudioTexts
{
    private const string Root = "src/Studio/wwwroot/";
    private const string Shell = Root + "shell/boot.js";

    /// <summary>What a page shows and does not load.</summary>
    public static IEnumerable<string> Missing(IReadOnlyDictionary<string, string> modules)
    {
        var defined = modules.ToDictionary(module => module.Key, module => Definition().Matches(module.Value).Select(match => match.Groups["key"].Value).ToHashSet(StringComparer.Ordinal));
        var known = defined.Values.SelectMany(keys => keys).ToHashSet(StringComparer.Ordinal);
        var shell = With(modules, Shell);
        foreach (var page in modules.Keys.Where(path => path.StartsWith(Root + "pages/", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            var loaded = With(modules, page).Union(shell).ToList();
            var there = loaded.SelectMany(module => defined[module]).ToHashSet(StringComparer.Ordinal);
            foreach (var module in loaded)
            {
                foreach (var key in Text().Matches(modules[module]).Select(match => match.Groups["key"].Value).Where(key => known.Contains(key) && !there.Contains(key)).Distinct())
                    yield return $"{page} loads {module}, which shows '{key}', but nothing that defines it. Put the text into shell/words.js.";
            }
        }
    }

    private static HashSet<string> With(IReadOnlyDictionary<string, string> modules, string module)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var next = new Queue<string>([module]);
        while (next.TryDequeue(out var path))
        {
            if (!modules.TryGetValue(path, out var text) || !found.Add(path))
                continue;
            foreach (Match import in Import().Matches(text))
                next.Enqueue(new Uri(new Uri("file:///" + path), import.Groups["path"].Value).AbsolutePath[1..]);
        }

        return found;
    }

    [GeneratedRegex(@"'(?<key>[A-Za-z]+(\.[A-Za-z]+)+)'", RegexOptions.ExplicitCapture)]
    private static partial Regex Text();

    [GeneratedRegex(@"'(?<key>[\w.\-]+)': \[['""]", RegexOptions.ExplicitCapture)]
    private static partial Regex Definition();

    [GeneratedRegex(@"^(import|export)\b[^;()]*?['""](?<path>\.{1,2}/[^'""]+)['""]", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Import();
}

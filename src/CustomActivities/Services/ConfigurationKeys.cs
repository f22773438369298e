using Microsoft.Extensions.Configuration;

namespace Platform.CustomActivities.Services;

/// <summary>Finds configuration keys that nobody reads: mistyped ones would otherwise silently do nothing.</summary>
public static class ConfigurationKeys
{
    /// <summary>Reports the keys of a section that are not known, each with the known one that is nearest.</summary>
    /// <param name="section">The section.</param>
    /// <param name="known">Keys that mean something there.</param>
    /// <param name="problems">Where to report.</param>
    public static void Check(IConfigurationSection section, IReadOnlyCollection<string> known, ICollection<string> problems)
    {
        foreach (var key in section.GetChildren().Select(child => child.Key))
        {
            if (known.Contains(key, StringComparer.OrdinalIgnoreCase))
                continue;
            problems.Add(Nearest(key, known) is { } nearest
                ? $"{section.Path}:{key} is not known. Did you mean '{nearest}'?"
                : $"{section.Path}:{key} is not known. Known keys: {string.Join(", ", known)}.");
        }
    }

    /// <summary>The name that is most like a mistyped one; null when none is like it.</summary>
    /// <param name="name">The mistyped name.</param>
    /// <param name="known">The names there are.</param>
    public static string? Nearest(string name, IEnumerable<string> known)
    {
        var best = known.Select(candidate => (Name: candidate, Distance: Distance(name.ToLowerInvariant(), candidate.ToLowerInvariant())))
            .OrderBy(candidate => candidate.Distance)
            .FirstOrDefault();
        return best.Name is not null && best.Distance <= Math.Max(2, name.Length / 3) ? best.Name : null;
    }

    /// <summary>Number of letters to insert, delete or replace to make one text the other.</summary>
    private static int Distance(string from, string to)
    {
        var row = new int[to.Length + 1];
        for (var column = 0; column <= to.Length; column++)
            row[column] = column;
        for (var line = 1; line <= from.Length; line++)
        {
            var diagonal = row[0];
            row[0] = line;
            for (var column = 1; column <= to.Length; column++)
            {
                var replaced = diagonal + (from[line - 1] == to[column - 1] ? 0 : 1);
                diagonal = row[column];
                row[column] = Math.Min(replaced, Math.Min(row[column], row[column - 1]) + 1);
            }
        }

        return row[^1];
    }
}

/// <summary>A section of the configuration cannot be used; the message lists everything that is wrong with it at once.</summary>
/// <param name="section">The section.</param>
/// <param name="problems">What is wrong, each with its key and how to mend it.</param>
public sealed class OptionsProblemException(string section, IReadOnlyList<string> problems)
    : Exception($"The configuration section '{section}' cannot be used:{string.Concat(problems.Select(problem => Environment.NewLine + "  - " + problem))}")
{
    /// <summary>What is wrong, each with its key and how to mend it.</summary>
    public IReadOnlyList<string> Problems { get; } = problems;
}

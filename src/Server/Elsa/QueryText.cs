using System.Globalization;
using Platform.Engine.Definitions;

namespace Platform.Server.Elsa;

/// <summary>Reads query values as Studio writes them: names in any case, empty values count as absent, <c>True</c>/<c>False</c>.</summary>
internal static class QueryText
{
    /// <summary>A value, or null when absent or empty.</summary>
    public static string? Text(this IQueryCollection query, string name) =>
        query.TryGetValue(name, out var values) && values.LastOrDefault(value => !string.IsNullOrEmpty(value)) is { } text ? text : null;

    /// <summary>The values of a repeated name; null when there are none.</summary>
    public static IReadOnlyList<string>? Texts(this IQueryCollection query, string name)
    {
        if (!query.TryGetValue(name, out var values))
            return null;
        var texts = values.OfType<string>().Where(value => value.Length > 0).ToList();
        return texts.Count > 0 ? texts : null;
    }

    /// <summary>A yes or no; null when absent or neither.</summary>
    public static bool? Flag(this IQueryCollection query, string name) => bool.TryParse(query.Text(name), out var flag) ? flag : null;

    /// <summary>A number; null when absent.</summary>
    /// <param name="query">The query.</param>
    /// <param name="name">Name.</param>
    /// <param name="refusal">The answer when the value is not a number.</param>
    public static int? Number(this IQueryCollection query, string name, ref IResult? refusal)
    {
        if (query.Text(name) is not { } text)
            return null;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            return number;
        refusal = Problems.Invalid("WF4005", name, $"'{text}' is not a number. Give '{name}' a whole number.");
        return null;
    }

    /// <summary>A name of an enumeration in any case; null when absent or unknown.</summary>
    /// <typeparam name="T">The enumeration.</typeparam>
    public static T? Name<T>(this IQueryCollection query, string name)
        where T : struct, Enum => Enum.TryParse<T>(query.Text(name), ignoreCase: true, out var value) && Enum.IsDefined(value) ? value : null;

    /// <summary>Version options.</summary>
    /// <param name="text">The text; null or empty for the default.</param>
    /// <param name="otherwise">The default.</param>
    /// <param name="refusal">The answer when the text is not one.</param>
    public static VersionOptions Versions(string? text, VersionOptions otherwise, ref IResult? refusal)
    {
        if (string.IsNullOrEmpty(text))
            return otherwise;
        if (VersionOptions.TryParse(text, out var options))
            return options;
        refusal = Problems.Invalid(
            "WF4005",
            "versionOptions",
            $"'{text}' does not select versions. Use Latest, Published, LatestOrPublished, LatestAndPublished, Draft, AllVersions or a version number.");
        return otherwise;
    }

    /// <summary>Checks paging.</summary>
    /// <param name="page">Page from 0, or null.</param>
    /// <param name="pageSize">Rows per page, or null for all.</param>
    /// <param name="refusal">The answer when they make no sense.</param>
    /// <returns>Rows to skip and to take.</returns>
    public static (int Skip, int? Take) Paging(int? page, int? pageSize, ref IResult? refusal)
    {
        if (page < 0)
            refusal = Problems.Invalid("WF4005", "page", "Pages are numbered from 0.");
        if (pageSize < 1)
            refusal = Problems.Invalid("WF4005", "pageSize", "A page holds 1 row or more.");
        if (refusal is not null || pageSize is not { } size)
            return (0, null);
        return ((int)Math.Min((long)(page ?? 0) * size, int.MaxValue), size);
    }
}

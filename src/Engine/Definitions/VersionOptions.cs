using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Platform.Engine.Definitions;

/// <summary>Which versions of a definition a lookup means: a named kind, or one version number.</summary>
public readonly record struct VersionOptions
{
    private VersionOptions(VersionKind kind, int version) => (Kind, Version) = (kind, version);

    /// <summary>Every version.</summary>
    public static VersionOptions AllVersions => new(VersionKind.AllVersions, 0);

    /// <summary>The latest version when it is not published.</summary>
    public static VersionOptions Draft => new(VersionKind.Draft, 0);

    /// <summary>The latest version, published or not.</summary>
    public static VersionOptions Latest => new(VersionKind.Latest, 0);

    /// <summary>The published version.</summary>
    public static VersionOptions Published => new(VersionKind.Published, 0);

    /// <summary>Versions that are the latest or the published one.</summary>
    public static VersionOptions LatestOrPublished => new(VersionKind.LatestOrPublished, 0);

    /// <summary>The version that is both the latest and published.</summary>
    public static VersionOptions LatestAndPublished => new(VersionKind.LatestAndPublished, 0);

    /// <summary>Which kind of selection this is.</summary>
    public VersionKind Kind { get; }

    /// <summary>The version number when <see cref="Kind"/> is <see cref="VersionKind.Specific"/>, else 0.</summary>
    public int Version { get; }

    /// <summary>Exactly the version with this number.</summary>
    /// <param name="version">Version number, 1 or more.</param>
    public static VersionOptions Specific(int version) => new(VersionKind.Specific, version);

    /// <summary>Reads Elsa's text form: a kind's name in any case, or a decimal version number.</summary>
    /// <param name="text">The text; null, blank or unknown text is not an option.</param>
    /// <param name="options">The selection when the text is one.</param>
    /// <returns>True when the text is a version option.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out VersionOptions options)
    {
        options = default;
        if (string.IsNullOrWhiteSpace(text))
            return false;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            options = Specific(number);
            return true;
        }

        // A number in text would be parsed as well, as a kind that there is not.
        if (!Enum.TryParse<VersionKind>(text, ignoreCase: true, out var kind) || !Enum.IsDefined(kind) || kind == VersionKind.Specific)
            return false;
        options = new(kind, 0);
        return true;
    }

    /// <summary>Whether a version with these marks is selected.</summary>
    /// <param name="definition">The version to test.</param>
    public bool Matches(WorkflowDefinition definition) => Kind switch
    {
        VersionKind.AllVersions => true,
        VersionKind.Draft => definition.IsLatest && !definition.IsPublished,
        VersionKind.Latest => definition.IsLatest,
        VersionKind.Published => definition.IsPublished,
        VersionKind.LatestOrPublished => definition.IsLatest || definition.IsPublished,
        VersionKind.LatestAndPublished => definition.IsLatest && definition.IsPublished,
        VersionKind.Specific => definition.Version == Version,
    };

    /// <summary>Elsa's text form, the inverse of <see cref="TryParse"/>.</summary>
    public override string ToString() =>
        Kind == VersionKind.Specific ? Version.ToString(CultureInfo.InvariantCulture) : Kind.ToString();
}

/// <summary>The kinds of <see cref="VersionOptions"/>, with Elsa's names.</summary>
public enum VersionKind
{
    /// <summary>Every version.</summary>
    AllVersions,

    /// <summary>Latest and not published.</summary>
    Draft,

    /// <summary>The latest.</summary>
    Latest,

    /// <summary>The published one.</summary>
    Published,

    /// <summary>Latest or published.</summary>
    LatestOrPublished,

    /// <summary>Latest and published at once.</summary>
    LatestAndPublished,

    /// <summary>One version number.</summary>
    Specific,
}

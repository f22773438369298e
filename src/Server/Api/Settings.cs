using System.Reflection;
using Platform.Server.Composition;
using Platform.Server.OpenApi;
using Platform.Server.Operations;
using Platform.Server.Security;

namespace Platform.Server.Api;

/// <summary>The configuration of the running server, to read. It is changed where it was given: in files, the environment or arguments.</summary>
internal static class Settings
{
    private static readonly string _version =
        typeof(Settings).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";

    /// <summary>Maps <c>/api/settings</c>.</summary>
    /// <param name="api">The API.</param>
    public static void MapSettings(this IEndpointRouteBuilder api) =>
        api.MapGet("/settings", List).WithTags("Settings").RequirePermission("read:settings")
            .WithSummary("Lists what the running server was configured with, where it comes from and what it means; values of secrets are left out.")
            .Produces<SettingsModel>()
            .Takes("section", "Only this section, for example Runtime.")
            .Refuses(StatusCodes.Status404NotFound, "WF4870");

    private static IResult List(EffectiveSettings settings, IHostEnvironment environment, string? section = null)
    {
        if (section is not null && !settings.Sections.Contains(section, StringComparer.OrdinalIgnoreCase))
        {
            return new Problem(
                StatusCodes.Status404NotFound, "WF4870", "There is no such section",
                $"The configuration has no section '{section}' of ours. There are: {string.Join(", ", settings.Sections)}.");
        }

        var found = settings.List().Where(setting => section is null || string.Equals(setting.Section, section, StringComparison.OrdinalIgnoreCase)).ToList();
        return ApiJson.Reply(new SettingsModel(_version, environment.EnvironmentName, found, found.Count));
    }
}

/// <summary>What the running server was configured with.</summary>
/// <param name="Version">Version of the server.</param>
/// <param name="Environment">Name of its environment, for example <c>Production</c>.</param>
/// <param name="Items">The options, by section.</param>
/// <param name="TotalCount">How many there are.</param>
internal sealed record SettingsModel(string Version, string Environment, IReadOnlyList<EffectiveSetting> Items, int TotalCount);

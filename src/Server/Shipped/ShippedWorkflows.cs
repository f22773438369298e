using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Platform.Engine.Definitions;
using Platform.Runtime;
using Platform.Runtime.Audit;
using Platform.Runtime.Definitions;
using Platform.Runtime.Store;

namespace Platform.Server.Shipped;

/// <summary>
/// At the start, publishes the workflows that came with the product. A definition that somebody changed or deleted stays as it is;
/// one that nobody touched follows the product's newer versions.
/// </summary>
/// <param name="definitions">Where workflows are published.</param>
/// <param name="store">Remembers what was shipped.</param>
/// <param name="configuration">Configuration.</param>
/// <param name="ids">Makes ids.</param>
/// <param name="clock">Time.</param>
/// <param name="logger">Log.</param>
public sealed class ShippedWorkflows(
    WorkflowDefinitions definitions,
    IWorkflowStore store,
    IConfiguration configuration,
    Ids ids,
    TimeProvider clock,
    ILogger<ShippedWorkflows> logger) : IHostedService
{
    /// <summary>Provider name of shipped definitions.</summary>
    public const string ProviderName = "Shipped";

    /// <summary>Kind of the documents that remember what was shipped.</summary>
    public const string DocumentKind = "shipped";

    /// <summary>Where the workflows lie; a relative path begins beside the program. Set by <c>Shipped:Directory</c>. Default: workflows.</summary>
    public string FolderPath { get; } = Path.Combine(AppContext.BaseDirectory, configuration["Shipped:Directory"] ?? "workflows");

    /// <inheritdoc />
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(FolderPath))
            return;
        AuditScope.OfSystem("workflow.ship", ids, clock).Enter();
        foreach (var file in Directory.EnumerateFiles(FolderPath, "*.json").Order(StringComparer.Ordinal))
        {
            try
            {
                await ShipAsync(await File.ReadAllTextAsync(file, cancellationToken), cancellationToken);
            }
            // One bad file must not keep the others, or the server, from starting.
            catch (Exception exception) when (exception is JsonException or InvalidDataException or IOException)
            {
                Log.FileUnusable(logger, exception, Path.GetFileName(file));
            }
        }
    }

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task ShipAsync(string document, CancellationToken cancellationToken)
    {
        var draft = Read(document);
        var id = draft.DefinitionId!;
        var hash = HashOf(document);
        var latest = await definitions.FindAsync(id, VersionOptions.Latest, cancellationToken);
        var shipped = await store.FindDocumentAsync(DocumentKind, id, cancellationToken);
        if (shipped is not null && (HashIn(shipped) == hash || !IsUntouched(latest, shipped)))
            return;
        // Somebody's own workflow that happens to have this id.
        if (shipped is null && latest is not null)
            return;
        var result = await definitions.SaveAsync(draft, publish: true, cancellationToken);
        if (result is DefinitionResult.Invalid invalid)
        {
            Log.WorkflowInvalid(logger, id, string.Join(" ", invalid.Problems.Select(problem => $"{problem.Path}: {problem.Message}")));
            return;
        }

        await RememberAsync(id, hash, cancellationToken);
        Log.WorkflowShipped(logger, id);
    }

    /// <summary>Whether the latest version is what was shipped: not edited, not taken back, not deleted.</summary>
    private static bool IsUntouched(WorkflowDefinition? latest, StoredDocument shipped) =>
        latest is { IsPublished: true, ProviderName: ProviderName } && HashOf(latest.Document) == HashIn(shipped);

    private static DefinitionDraft Read(string document)
    {
        using var parsed = JsonDocument.Parse(document);
        return new DefinitionDraft(document)
        {
            DefinitionId = Text("definitionId") ?? throw new InvalidDataException("A shipped workflow needs a member 'definitionId'."),
            Name = Text("name"),
            Description = Text("description"),
            ToolVersion = Text("toolVersion"),
            ProviderName = ProviderName,
        };

        string? Text(string name) => parsed.RootElement.TryGetProperty(name, out var member) ? member.GetString() : null;
    }

    private static string HashOf(string document) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(document)));

    private static string? HashIn(StoredDocument shipped)
    {
        using var parsed = JsonDocument.Parse(shipped.Json);
        return parsed.RootElement.TryGetProperty("hash", out var hash) ? hash.GetString() : null;
    }

    private async Task RememberAsync(string id, string hash, CancellationToken cancellationToken)
    {
        var document = new StoredDocument(DocumentKind, id, $$"""{"hash":"{{hash}}"}""");
        await store.CommitAsync(new Commit { Documents = [document] }, cancellationToken);
    }
}

/// <summary>Puts the shipped workflows into the host.</summary>
internal static class ShippedServices
{
    /// <summary>Adds them. They are published before the server accepts requests.</summary>
    /// <param name="services">Services of the host.</param>
    public static IServiceCollection AddShippedWorkflows(this IServiceCollection services) => services.AddHostedService<ShippedWorkflows>();
}

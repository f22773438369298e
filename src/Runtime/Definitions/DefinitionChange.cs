using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Platform.Engine.Definitions;
using Platform.Runtime.Audit;
using Platform.Runtime.Store;

namespace Platform.Runtime.Definitions;

/// <summary>What the audit log says of a change to a definition: its header, and a fingerprint of its document, whose versions are kept elsewhere.</summary>
internal static class DefinitionChange
{
    /// <summary>Adds the entry of a change to its commit, when somebody is asking.</summary>
    /// <param name="commit">The commit.</param>
    /// <param name="before">The version before; null when there was none.</param>
    /// <param name="after">The version afterwards; null when it is gone.</param>
    /// <param name="action">The action, when it is another one than the request names.</param>
    public static void Audit(Commit commit, WorkflowDefinition? before, WorkflowDefinition? after, string? action = null)
    {
        if (AuditScope.Current is not { } scope || (after ?? before) is not { } definition)
            return;
        scope.AddTo(commit, new AuditChange("workflow", definition.DefinitionId, definition.Name) { Before = Describe(before), After = Describe(after), Action = action });
    }

    private static JsonObject? Describe(WorkflowDefinition? definition) => definition is null ? null : new JsonObject
    {
        ["versionId"] = definition.Id,
        ["version"] = definition.Version,
        ["isPublished"] = definition.IsPublished,
        ["name"] = definition.Name,
        ["description"] = definition.Description,
        ["documentLength"] = definition.Document.Length,
        ["documentSha256"] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(definition.Document))),
    };
}

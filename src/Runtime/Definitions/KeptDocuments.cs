using Platform.Runtime.Audit;
using Platform.Runtime.Store;

namespace Platform.Runtime.Definitions;

/// <summary>
/// Kinds of documents that people keep with a definition, one of a kind under the definition's id. They are of all its versions, stand
/// beside its document and never in it, and go with its last version.
/// </summary>
public static class KeptDocuments
{
    /// <summary>Inputs to try it with.</summary>
    public const string TestInputsKind = "definition-test-inputs";

    /// <summary>The tags that it is found by.</summary>
    public const string TagsKind = "definition-tags";

    /// <summary>The documents of a definition, whether or not they are there.</summary>
    /// <param name="definitionId">The definition.</param>
    internal static IEnumerable<DocumentKey> KeysOf(string definitionId) => [new(TestInputsKind, definitionId), new(TagsKind, definitionId)];
}

/// <summary>A change of what is kept with a definition.</summary>
/// <param name="Json">What is kept from now on; null for nothing.</param>
/// <param name="Audit">What the audit log tells.</param>
public sealed record KeptChange(string? Json, AuditChange Audit);

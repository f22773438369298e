namespace Platform.Server.Elsa.Secrets;

/// <summary>A secret without its value.</summary>
internal sealed record SecretModel(
    string Id,
    string Name,
    string DisplayName,
    string? Description,
    string TypeName,
    string StoreName,
    string? Scope,
    string Status,
    int CurrentVersion,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? ExpiresAt,
    IReadOnlyList<string> Hosts);

/// <summary>One page of secrets.</summary>
internal sealed record SecretList(IReadOnlyList<SecretModel> Items, long TotalCount);

/// <summary>What a picker offers.</summary>
internal sealed record SecretPicks(IReadOnlyList<SecretModel> Items, bool CanCreateInline);

/// <summary>Which types and stores of secrets there are.</summary>
internal sealed record SecretDescriptors(IReadOnlyList<SecretTypeDescriptor> Types, IReadOnlyList<SecretStoreDescriptor> Stores);

/// <summary>A type of secrets.</summary>
internal sealed record SecretTypeDescriptor(string Name, string DisplayName, string Description, string EditorHint, IReadOnlyList<string> SupportedStoreNames);

/// <summary>A store of secrets.</summary>
internal sealed record SecretStoreDescriptor(string Name, string DisplayName, string Description, string Capabilities, bool IsReadOnly);

/// <summary>Whether a secret can be used.</summary>
internal sealed record SecretTest(bool Succeeded, string? Error);

/// <summary>What a new key was used for.</summary>
/// <param name="Count">Secrets encrypted anew.</param>
/// <param name="Unreadable">Names of those that no key reads.</param>
internal sealed record RenewedKey(int Count, IReadOnlyList<string> Unreadable);

/// <summary>Narrows what a picker offers.</summary>
internal sealed record SecretPickerRequest
{
    /// <summary>Contained in name, display name or description.</summary>
    public string? Search { get; init; }

    /// <summary>Only of these types.</summary>
    public IReadOnlyList<string>? TypeNames { get; init; }

    /// <summary>Only in these stores.</summary>
    public IReadOnlyList<string>? StoreNames { get; init; }

    /// <summary>Only of this scope.</summary>
    public string? Scope { get; init; }

    /// <summary>Only those that are given out.</summary>
    public bool ActiveOnly { get; init; }
}

/// <summary>A new secret, or a change of one.</summary>
internal sealed record SecretRequest
{
    /// <summary>Name.</summary>
    public string? Name { get; init; }

    /// <summary>Name for people.</summary>
    public string? DisplayName { get; init; }

    /// <summary>What it is for.</summary>
    public string? Description { get; init; }

    /// <summary>Type; <c>text</c> when left out.</summary>
    public string? TypeName { get; init; }

    /// <summary>Store; <c>encrypted</c> when left out.</summary>
    public string? StoreName { get; init; }

    /// <summary>A word by which lists are narrowed.</summary>
    public string? Scope { get; init; }

    /// <summary>The only hosts that the value may be sent to; for a change, null keeps them and an empty list means all.</summary>
    public IReadOnlyList<string>? Hosts { get; init; }

    /// <summary>The value.</summary>
    public string? Value { get; init; }

    /// <summary>From when on it is not given out any more.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

namespace Platform.Server.Elsa.Identity;

/// <summary>A user or an application to be made or changed.</summary>
internal sealed record ElsaUserRequest
{
    /// <summary>Name.</summary>
    public string? Name { get; init; }

    /// <summary>Password; for a new user generated when left out.</summary>
    public string? Password { get; init; }

    /// <summary>Ids of the roles.</summary>
    public IReadOnlyList<string>? Roles { get; init; }

    /// <summary>Nothing of it: the password must not get into a log by chance.</summary>
    public override string ToString() => nameof(ElsaUserRequest);
}

/// <summary>A role to be made or changed.</summary>
internal sealed record ElsaRoleRequest
{
    /// <summary>Id; taken from the name when left out.</summary>
    public string? Id { get; init; }

    /// <summary>Name.</summary>
    public string? Name { get; init; }

    /// <summary>Permissions.</summary>
    public IReadOnlyList<string>? Permissions { get; init; }
}

/// <summary>A user.</summary>
internal sealed record ElsaUser(string Id, string Name, IReadOnlyList<string> Roles, string? TenantId);

/// <summary>All users.</summary>
internal sealed record ElsaUserList(IReadOnlyList<ElsaUser> Users);

/// <summary>A user that was made. The hashes are members that clients expect; they are empty.</summary>
internal sealed record ElsaUserCreated(
    string Id, string Name, string Password, IReadOnlyList<string> Roles, string? TenantId, string HashedPassword, string HashedPasswordSalt);

/// <summary>A role.</summary>
internal sealed record ElsaRole(string Id, string Name, IReadOnlyList<string> Permissions, string? TenantId);

/// <summary>All roles.</summary>
internal sealed record ElsaRoleList(IReadOnlyList<ElsaRole> Roles);

/// <summary>An application that was made. Secret and hashes are members that clients expect; they are empty, for the key is all there is.</summary>
internal sealed record ElsaApplication(
    string Id,
    string Name,
    IReadOnlyList<string> Roles,
    string ClientId,
    string ClientSecret,
    string ApiKey,
    string HashedApiKey,
    string HashedApiKeySalt,
    string HashedClientSecret,
    string HashedClientSecretSalt);

/// <summary>What stands against deleting a role. Policies that refer to roles do not exist here, so both lists are empty.</summary>
internal sealed record RoleDeletionImpact(
    string RoleId,
    string DependencyVersion,
    string ExecutionMode,
    bool CanDelete,
    bool CanRemediate,
    IReadOnlyList<string> ConfigurationReferences,
    IReadOnlyList<string> EditableReferences,
    IReadOnlyList<string> Warnings);

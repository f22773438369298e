namespace Platform.Server.Security;

/// <summary>
/// The roles that every server has. They are not stored, so a new version of the server can extend them; nobody changes or deletes
/// them. Other roles are made as they are needed.
/// </summary>
internal static class BuiltInRoles
{
    /// <summary>Does what comes up while workflows run, and changes none of them.</summary>
    public const string Operator = "operator";

    /// <summary>Draws, tests and publishes workflows.</summary>
    public const string Author = "author";

    /// <summary>Sees everything but values of secrets, and changes nothing.</summary>
    public const string Reader = "reader";

    private const string Reads = "read:*";

    /// <summary>The roles by id.</summary>
    public static IReadOnlyDictionary<string, RoleDocument> All { get; } = new SortedDictionary<string, RoleDocument>(StringComparer.Ordinal)
    {
        [Users.AdministratorRole] = new("Administrator", [Permissions.All]),
        [Author] = new(
            "Author",
            [
                Reads, "write:workflow-definitions", "publish:workflow-definitions", "retract:workflow-definitions", "delete:workflow-definitions",
                "exec:workflow-definitions", "exec:tests", "cancel:workflow-instances", "tasks:complete", "trigger:event", "write:secrets",
            ]),
        [Operator] = new(
            "Operator",
            [
                Reads, "exec:workflow-definitions", "write:workflow-instances", "cancel:workflow-instances", "delete:workflow-instances",
                "manage:workflow-instances", "run:alterations", "manage:queue", "manage:schedules", "manage:dead-letters", "manage:monitor", "tasks:complete", "trigger:event",
            ]),
        [Reader] = new("Reader", [Reads]),
    };
}

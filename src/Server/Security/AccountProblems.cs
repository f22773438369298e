using Platform.Server.Operations;

namespace Platform.Server.Security;

/// <summary>Why a change of users, roles or keys is refused.</summary>
internal static class AccountProblems
{
    /// <summary>There is no such user.</summary>
    public static Problem NoUser(string id) => new(
        StatusCodes.Status404NotFound, "WF4740", "There is no such user", $"There is no user '{id}'. GET /api/users lists the users.");

    /// <summary>There is no such role.</summary>
    public static Problem NoRole(string id) => new(
        StatusCodes.Status404NotFound, "WF4741", "There is no such role", $"There is no role '{id}'. GET /api/roles lists the roles.");

    /// <summary>There is no such API key.</summary>
    public static Problem NoKey(string id) => new(
        StatusCodes.Status404NotFound, "WF4742", "There is no such API key", $"There is no API key '{id}'. GET /api/keys lists the keys.");

    /// <summary>Nobody grants, or acts on, more than they have.</summary>
    public static Problem TooMuch(string what, IEnumerable<string> missing) => new(
        StatusCodes.Status403Forbidden, "WF4743", "More than you have",
        $"{what} permits what you do not have yourself: {string.Join(", ", missing)}. Ask somebody who has it.");

    /// <summary>Somebody must remain who may do everything.</summary>
    public static Problem LastAdministrator(string name) => new(
        StatusCodes.Status409Conflict, "WF4744", "Nobody would be administrator",
        $"Without '{name}' nobody would be left who can sign in with a password and has the permission *. Give somebody else the role '{Users.AdministratorRole}' first.");

    /// <summary>The password breaks a rule.</summary>
    public static Problem BadPassword(string why) => new(StatusCodes.Status400BadRequest, "WF4745", "The password cannot be used", why);

    /// <summary>A user cannot be stored like this.</summary>
    public static Problem BadUser(string why) => new(StatusCodes.Status400BadRequest, "WF4746", "The user cannot be stored like this", why);

    /// <summary>The id or name is in use.</summary>
    public static Problem Taken(string kind, string id) => new(
        StatusCodes.Status409Conflict, "WF4747", "The name is taken", $"There is a {kind} '{id}' already. Choose another name, or change that one.");

    /// <summary>A role cannot be stored like this.</summary>
    public static Problem BadRole(string why) => new(StatusCodes.Status400BadRequest, "WF4748", "The role cannot be stored like this", why);

    /// <summary>Built-in roles stay as they are.</summary>
    public static Problem BuiltIn(string id) => new(
        StatusCodes.Status409Conflict, "WF4749", "A built-in role does not change",
        $"The role '{id}' comes with the server and stays as it is. Make a role of your own: POST /api/roles.");

    /// <summary>Somebody has the role.</summary>
    public static Problem RoleInUse(string id, IReadOnlyList<string> names) => new(
        StatusCodes.Status409Conflict, "WF4750", "The role is in use",
        $"{names.Count} users have the role '{id}': {string.Join(", ", names.Take(10))}{(names.Count > 10 ? " ..." : "")}. Take it from them first.");

    /// <summary>An API key cannot be made like this.</summary>
    public static Problem BadKey(string why) => new(StatusCodes.Status400BadRequest, "WF4751", "The API key cannot be stored like this", why);

    /// <summary>The password that somebody has is not the one they say.</summary>
    public static readonly Problem WrongCurrentPassword = new(
        StatusCodes.Status403Forbidden, "WF4752", "The current password is wrong", "The password was not changed: 'currentPassword' is not the password that you have.");

    /// <summary>One's own password changes elsewhere.</summary>
    public static readonly Problem OwnPassword = new(
        StatusCodes.Status409Conflict, "WF4753", "Your own password needs the old one",
        "Change your own password with PUT /api/session/password, which asks for the one that you have.");

    /// <summary>Only people with a password here have one to change.</summary>
    public static readonly Problem NoPassword = new(
        StatusCodes.Status409Conflict, "WF4754", "There is no password here to change",
        "Only a user who signs in with a password of this server can change it. API keys have none, and users of a sign-in provider change theirs there.");
}

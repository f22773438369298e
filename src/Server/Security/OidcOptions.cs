using System.ComponentModel.DataAnnotations;

namespace Platform.Server.Security;

/// <summary>Signing in at an OpenID provider, section <c>Security:Oidc</c>. It is off until <see cref="Authority"/> is set.</summary>
internal sealed class OidcOptions : IValidatableObject
{
    private static readonly HashSet<string> _prompts = new(StringComparer.Ordinal) { "login", "consent", "select_account" };

    /// <summary>Address of the provider, below which <c>/.well-known/openid-configuration</c> lies. HTTPS, or a server on this machine. Default: none.</summary>
    public string? Authority { get; set; }

    /// <summary>The name by which the provider knows this server. Default: none; needed.</summary>
    public string? ClientId { get; set; }

    /// <summary>The secret that goes with it. Default: none, for a client that has none and proves itself by PKCE alone.</summary>
    [DataType(DataType.Password)]
    public string? ClientSecret { get; set; }

    /// <summary>What is asked for. Default: <c>openid</c>, <c>profile</c> and <c>email</c>.</summary>
    public List<string> Scopes { get; set; } = ["openid", "profile", "email"];

    /// <summary>The claim that becomes the user's name when a user is made or first linked. Default: <c>preferred_username</c>.</summary>
    [Required]
    public string NameClaim { get; set; } = "preferred_username";

    /// <summary>The claim with the values that roles follow from; a dot leads into an object: <c>realm_access.roles</c>. Default: <c>roles</c>.</summary>
    [Required]
    public string RolesClaim { get; set; } = "roles";

    /// <summary>Which value of that claim gives which role. When there are any, roles follow the provider at each sign-in. Default: none.</summary>
    public List<OidcRoleOptions> Roles { get; set; } = [];

    /// <summary>Whether somebody whom this server does not know becomes a user. Default: false; users are made beforehand.</summary>
    public bool AutoProvision { get; set; }

    /// <summary>The role of users who get none by <see cref="Roles"/>. Default: none; then they are refused.</summary>
    public string? DefaultRole { get; set; }

    /// <summary>Only e-mail addresses of these domains. Default: none, so that it is not looked at.</summary>
    public List<string> EmailDomains { get; set; } = [];

    /// <summary>
    /// Whether an e-mail address that is used as name or looked at must be called verified. One that is called unverified is always
    /// refused. Default: true; false for providers that do not say it.
    /// </summary>
    public bool RequireVerifiedEmail { get; set; } = true;

    /// <summary>Whether claims are also read from the provider's user info. Default: false; most have all in the token.</summary>
    public bool UserInfo { get; set; }

    /// <summary>Name of the provider on the sign-in page. Default: <c>Single sign-on</c>.</summary>
    [StringLength(60, MinimumLength = 1)]
    public string DisplayName { get; set; } = "Single sign-on";

    /// <summary>What the provider asks people each time: <c>login</c>, <c>consent</c> or <c>select_account</c>. Default: none; it decides.</summary>
    public string? Prompt { get; set; }

    /// <summary>Whether signing out here also ends the session at the provider, when it says where. Default: true.</summary>
    public bool SignOutAtProvider { get; set; } = true;

    /// <summary>How far the clocks of the two may differ. Default: 2 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Whether it is on.</summary>
    public bool IsOn => !string.IsNullOrWhiteSpace(Authority);

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IsOn)
            yield break;
        if (!Uri.TryCreate(Authority, UriKind.Absolute, out var uri) || !(uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback)))
            yield return new ValidationResult("Give the whole address, beginning with https://; http:// is for a provider on this machine.", [nameof(Authority)]);
        if (string.IsNullOrWhiteSpace(ClientId))
            yield return new ValidationResult("Give the name by which the provider knows this server.", [nameof(ClientId)]);
        if (!Scopes.Contains("openid"))
            yield return new ValidationResult("Add openid: without it there is no sign-in.", [nameof(Scopes)]);
        if (Prompt is not null && !_prompts.Contains(Prompt))
            yield return new ValidationResult("Give login, consent or select_account, or leave it out.", [nameof(Prompt)]);
        if (AutoProvision && DefaultRole is null && Roles.Count == 0)
            yield return new ValidationResult("New users would have no role. Set Security:Oidc:DefaultRole, or Security:Oidc:Roles.", [nameof(AutoProvision)]);
        if (EmailDomains.Exists(domain => domain.Contains('@') || !domain.Contains('.')))
            yield return new ValidationResult("Give domains alone, for example example.com.", [nameof(EmailDomains)]);
    }
}

/// <summary>Which value gives which role.</summary>
internal sealed class OidcRoleOptions
{
    /// <summary>The value of the provider.</summary>
    [Required]
    public string Value { get; set; } = "";

    /// <summary>Id of the role of this server.</summary>
    [Required]
    public string Role { get; set; } = "";
}

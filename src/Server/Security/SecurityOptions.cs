using System.ComponentModel.DataAnnotations;

namespace Platform.Server.Security;

/// <summary>Who may do what, section <c>Security</c>.</summary>
internal sealed class SecurityOptions
{
    /// <summary>Fewest characters of a password.</summary>
    public const int PasswordLengthMin = 12;

    /// <summary>Most characters of a password; more is no safer and costs time to read.</summary>
    public const int PasswordLengthMax = 1_000;

    private const string PasswordRule = "Give 12 to 1000 characters, or leave it out: then the first start makes a password and shows it.";
    private const string ApiKeyRule = "Give 16 to 200 letters, digits or any of . _ ~ + / = - or leave it out: then the first start makes a key and shows it.";

    /// <summary>Name of the administrator that the first start makes. Default: <c>admin</c>.</summary>
    [RegularExpression("^[A-Za-z0-9][A-Za-z0-9._@-]{0,99}$", ErrorMessage = "Give up to 100 letters, digits or any of . _ @ -, beginning with a letter or digit.")]
    public string BootstrapUsername { get; set; } = "admin";

    /// <summary>
    /// Password of that administrator, 12 to 1,000 characters. While it is set it holds at every start: a stored password that differs is
    /// replaced and the sessions that came from it end. Default: none; the first start makes one.
    /// </summary>
    [DataType(DataType.Password)]
    [StringLength(PasswordLengthMax, MinimumLength = PasswordLengthMin, ErrorMessage = PasswordRule)]
    public string? BootstrapPassword { get; set; }

    /// <summary>
    /// An API key with all permissions, 16 to 200 characters. While it is set it holds at every start: the bootstrap key that was stored
    /// before is replaced. Default: none; the first start makes one.
    /// </summary>
    [DataType(DataType.Password)]
    [RegularExpression("^[A-Za-z0-9._~+/=-]{16,200}$", ErrorMessage = ApiKeyRule)]
    public string? BootstrapApiKey { get; set; }

    /// <summary>How long a browser session lasts without a request. Default: 12 h.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan SessionIdleTimeout { get; set; } = TimeSpan.FromHours(12);

    /// <summary>How long a browser session lasts at most. Default: 7 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan SessionTimeout { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long an access token of <c>identity/login</c> lasts; a refresh token lasts twice as long. Default: 1 h.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan AccessTokenTimeout { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Failed sign-ins of one user in <see cref="SignInWindow"/> after which further ones are refused. Default: 10.</summary>
    [Range(1, 10_000)]
    public int SignInFailuresPerUserMax { get; set; } = 10;

    /// <summary>Failed sign-ins from one address in <see cref="SignInWindow"/> after which further ones are refused. Default: 30.</summary>
    [Range(1, 10_000)]
    public int SignInFailuresPerAddressMax { get; set; } = 30;

    /// <summary>The time in which failed sign-ins are counted, from the first one. Default: 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan SignInWindow { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Signing in at an OpenID provider. Default: off.</summary>
    public OidcOptions Oidc { get; set; } = new();

    /// <summary>Largest body of a request; an endpoint may allow less. Default: 30,000,000 bytes.</summary>
    [Range(1_024, 2_000_000_000)]
    public long RequestBytesMax { get; set; } = 30_000_000;
}

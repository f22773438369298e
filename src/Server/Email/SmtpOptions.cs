using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Mail;

namespace Platform.Server.Email;

/// <summary>When connections to the mail server are encrypted.</summary>
internal enum SmtpTls
{
    /// <summary>Always, except to a mail server on this machine.</summary>
    Auto,

    /// <summary>Always.</summary>
    Required,

    /// <summary>Never: whoever is on the way can read the mail.</summary>
    None,
}

/// <summary>The mail server through which workflows send, section <c>Smtp</c>.</summary>
internal sealed class SmtpOptions : IValidatableObject
{
    /// <summary>Name or address of the mail server. Default: none; then no mail can be sent.</summary>
    [StringLength(255)]
    public string? Host { get; set; }

    /// <summary>Its port. Default: 587, submission with STARTTLS. Port 465 does not work: TLS begins with STARTTLS here.</summary>
    [Range(1, 65535)]
    public int Port { get; set; } = 587;

    /// <summary>Sender of mail that names none, for example <c>Orders &lt;orders@example.com&gt;</c>. Default: none.</summary>
    public string? DefaultSender { get; set; }

    /// <summary>When the connection is encrypted: Auto, Required or None. Default: Auto, which is always except to this machine.</summary>
    public SmtpTls Tls { get; set; } = SmtpTls.Auto;

    /// <summary>Name to sign in with. Default: none; then nobody signs in.</summary>
    [StringLength(255)]
    public string? User { get; set; }

    /// <summary>Password to sign in with.</summary>
    [DataType(DataType.Password)]
    [StringLength(1000)]
    public string? Password { get; set; }

    /// <summary>How long sending one mail may take. Default: 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:30:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Most recipients of one mail. Default: 100.</summary>
    [Range(1, 10_000)]
    public int RecipientsMax { get; set; } = 100;

    /// <summary>Most bytes of the body and the attachments of one mail. Default: 10 MiB.</summary>
    [Range(1, int.MaxValue)]
    public long MessageBytesMax { get; set; } = 10 * 1024 * 1024;

    /// <summary>Whether the connection must be encrypted.</summary>
    public bool RequiresTls => Tls == SmtpTls.Required || (Tls == SmtpTls.Auto && !IsLoopback);

    private bool IsLoopback => string.Equals(Host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(Host?.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!string.IsNullOrEmpty(DefaultSender) && !MailAddress.TryCreate(DefaultSender, out _))
            yield return new ValidationResult($"'{DefaultSender}' is no address. Write name@example.com, or Name <name@example.com>.", [nameof(DefaultSender)]);
        if (!string.IsNullOrEmpty(Password) && !RequiresTls && !IsLoopback)
            yield return new ValidationResult("A password would be sent unencrypted. Set Smtp:Tls to Required, or leave the password out.", [nameof(Tls)]);
        if (string.IsNullOrEmpty(User) != string.IsNullOrEmpty(Password))
            yield return new ValidationResult("Smtp:User and Smtp:Password belong together. Give both or none.", [nameof(User)]);
    }
}

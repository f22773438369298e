using System.Collections;
using System.Net.Mail;
using System.Text;
using Platform.Engine;
using Platform.Engine.Values;
using Platform.Server.Http;

namespace Platform.Server.Email;

/// <summary>
/// Sends an e-mail with an HTML body through the mail server of section <c>Smtp</c>. Without one it faults with WF4201. When sending fails,
/// <see cref="Error"/> runs if there is one; otherwise it faults with WF4202. A mail that a crash makes this send twice has the same
/// Message-ID both times, by which mail servers recognise it.
/// </summary>
[Activity("Elsa", "Email", "Send an email message.", Kind = ActivityKind.Task)]
public sealed class SendEmail : Activity
{
    /// <summary>Sender. Default: <c>Smtp:DefaultSender</c>.</summary>
    [Input(Description = "The sender's email address.")]
    public Input<string?> From { get; set; } = new((string?)null);

    /// <summary>Recipients.</summary>
    [Input(Description = "The recipients email addresses.", UIHint = InputUIHints.MultiText)]
    public Input<ICollection<string>?> To { get; set; } = new((ICollection<string>?)null);

    /// <summary>Recipients of a copy.</summary>
    [Input(Description = "The cc recipient email addresses.", UIHint = InputUIHints.MultiText, Category = "More")]
    public Input<ICollection<string>?> Cc { get; set; } = new((ICollection<string>?)null);

    /// <summary>Recipients of a copy whom the others do not see.</summary>
    [Input(Description = "The bcc recipient email addresses.", UIHint = InputUIHints.MultiText, Category = "More")]
    public Input<ICollection<string>?> Bcc { get; set; } = new((ICollection<string>?)null);

    /// <summary>Subject.</summary>
    [Input(Description = "The subject of the email message.")]
    public Input<string?> Subject { get; set; } = new((string?)null);

    /// <summary>
    /// Bytes, a stream, an http address to fetch it from, a file of a request or download, an object with the members fileName, contentType
    /// and content; or a list of these. Files of the server cannot be attached.
    /// </summary>
    [Input(Description = "The attachments: (a list of) URLs, bytes, streams, files of a request or download, or objects with fileName, contentType and content.", UIHint = InputUIHints.MultiLine)]
    public Input<object?> Attachments { get; set; } = new((object?)null);

    /// <summary>Body, HTML.</summary>
    [Input(Description = "The body of the email message, HTML.", UIHint = InputUIHints.MultiLine)]
    public Input<string?> Body { get; set; } = new((string?)null);

    /// <summary>Runs when the mail could not be sent.</summary>
    [Port]
    public IActivity? Error { get; set; }

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var outgoing = context.GetRequiredService<OutgoingMail>();
        if (!outgoing.IsConfigured)
            throw Fault("SmtpNotConfigured", "WF4201: No mail can be sent: there is no mail server. Set Smtp:Host, and what it needs besides.");
        using var mail = new MailMessage { BodyEncoding = Encoding.UTF8, SubjectEncoding = Encoding.UTF8, IsBodyHtml = true };
        Address(context, mail, outgoing.Options);
        await FillAsync(context, mail, new ByteLimit(outgoing.Options.MessageBytesMax, "Smtp:MessageBytesMax", "WF4204"));
        try
        {
            await outgoing.SendAsync(mail, context.CancellationToken);
        }
        catch (MailNotSentException exception)
        {
            if (Error is null)
                throw new FaultException("MailNotSent", "Email", "System", exception.Message, exception);
            context.AddExecutionLogEntry("Error", exception.Message);
            await context.ScheduleActivityAsync(Error, OnErrorCompletedAsync);
            return;
        }

        await context.CompleteActivityAsync();
    }

    /// <inheritdoc />
    protected override ActivityCompletionCallback? GetCompletionCallback(IActivity child) => OnErrorCompletedAsync;

    private ValueTask OnErrorCompletedAsync(ActivityCompletedContext completed) => completed.TargetContext.CompleteActivityAsync();

    private static FaultException Fault(string code, string message) => new(code, "Email", "System", message);

    private static MailAddress Parse(string text, string input) => MailAddress.TryCreate(text.Trim(), out var address) && !text.AsSpan().Trim().ContainsAny("\r\n")
        ? address
        : throw Fault("InvalidAddress", $"WF4203: '{text}' in the input '{input}' is no e-mail address. Write name@example.com, or Name <name@example.com>.");

    private void Address(ActivityExecutionContext context, MailMessage mail, SmtpOptions options)
    {
        var sender = From.GetOrDefault(context) is { } given && !string.IsNullOrWhiteSpace(given) ? given : options.DefaultSender;
        if (string.IsNullOrWhiteSpace(sender))
            throw Fault("NoSender", "WF4203: The mail has no sender. Fill the input 'From', or set Smtp:DefaultSender.");
        mail.From = Parse(sender, nameof(From));
        Add(mail.To, To.GetOrDefault(context), nameof(To));
        Add(mail.CC, Cc.GetOrDefault(context), nameof(Cc));
        Add(mail.Bcc, Bcc.GetOrDefault(context), nameof(Bcc));
        var count = mail.To.Count + mail.CC.Count + mail.Bcc.Count;
        if (count == 0)
            throw Fault("NoRecipient", "WF4203: The mail has no recipient. Fill the input 'To'.");
        if (count > options.RecipientsMax)
            throw Fault("TooManyRecipients", $"WF4204: The mail has {count} recipients, the limit Smtp:RecipientsMax is {options.RecipientsMax}. Send it in parts, or raise the limit.");
        // The same at each attempt to do this step, so that a mail that is sent again is known by it.
        mail.Headers.Add("Message-ID", $"<{context.IdempotencyKey}@{mail.From.Host}>");

        static void Add(MailAddressCollection addresses, ICollection<string>? texts, string input)
        {
            foreach (var text in (texts ?? []).Where(text => !string.IsNullOrWhiteSpace(text)))
                addresses.Add(Parse(text, input));
        }
    }

    private async ValueTask FillAsync(ActivityExecutionContext context, MailMessage mail, ByteLimit limit)
    {
        var subject = Subject.GetOrDefault(context) ?? "";
        if (subject.AsSpan().ContainsAny("\r\n"))
            throw Fault("InvalidSubject", "WF4203: The subject contains a line break. Write it in one line.");
        mail.Subject = subject;
        mail.Body = Body.GetOrDefault(context) ?? "";
        limit.Take(Encoding.UTF8.GetByteCount(mail.Body));
        var number = 0;
        foreach (var item in ItemsOf(Attachments.GetOrDefault(context)))
        {
            if (await ReadAsync(context, item, limit) is not { } file)
                continue;
            var name = file.Name is { Length: > 0 } known ? known : $"Attachment-{++number}";
            mail.Attachments.Add(new Attachment(new MemoryStream(file.Bytes.ToArray(), writable: false), name, file.ContentTypeOr(null, name)));
        }
    }

    private static IEnumerable<object> ItemsOf(object? attachments) => attachments switch
    {
        null => [],
        string text when string.IsNullOrWhiteSpace(text) => [],
        string or byte[] or IDictionary or IDictionary<string, object?> => [attachments],
        IEnumerable list => list.Cast<object?>().Where(item => item is not (null or "")).Cast<object>(),
        _ => [attachments],
    };

    private static async ValueTask<FileContent?> ReadAsync(ActivityExecutionContext context, object item, ByteLimit limit)
    {
        if (item is string text && !FileContent.IsAddress(text))
        {
            throw Fault("InvalidAttachment", $"WF4203: '{text}' cannot be attached: it is no http address, and files of the server cannot be sent. "
                + "Give an address, bytes, or an object with fileName, contentType and content.");
        }

        if (item is not (IDictionary or IDictionary<string, object?>)
            || ValueConverter.Convert<Dictionary<string, object?>>(item) is not { } members || Member("content") is not { } content)
            return (await FileContent.ReadAllAsync(context, item, limit)).FirstOrDefault();
        var file = (await FileContent.ReadAllAsync(context, content, limit)).FirstOrDefault();
        var name = Member("fileName") as string is { Length: > 0 } given ? FileContent.PlainName(given) : file?.Name;
        return file is null ? null : file with { Name = name, ContentType = Member("contentType") as string ?? (Member("fileName") is null ? file.ContentType : null) };

        object? Member(string key) => members.FirstOrDefault(member => member.Key.Equals(key, StringComparison.OrdinalIgnoreCase)).Value;
    }
}

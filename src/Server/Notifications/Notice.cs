using System.Net.Mail;
using System.Text;
using System.Text.Json.Nodes;

namespace Platform.Server.Notifications;

/// <summary>Something that people or programs are told, in the form that each kind of channel takes.</summary>
/// <param name="Title">Title, one line; may be empty.</param>
/// <param name="Message">Message; may be empty.</param>
/// <param name="Severity">How urgent it is: Info, Warning or Critical.</param>
internal sealed record Notice(string Title, string Message, string Severity)
{
    /// <summary>A text in one line, as titles are.</summary>
    /// <param name="text">The text.</param>
    public static string OneLine(string? text) => (text ?? "").ReplaceLineEndings(" ").Trim();

    /// <summary>As plain text.</summary>
    /// <param name="bold">Whether the title stands out, as Slack writes it.</param>
    public string ToText(bool bold)
    {
        var head = Title.Length == 0 ? $"[{Severity}]" : bold ? $"[{Severity}] *{Title}*" : $"[{Severity}] {Title}";
        return Message.Length == 0 ? head : bold ? $"{head}\n{Message}" : $"{head}: {Message}";
    }

    /// <summary>As Slack, Mattermost and others take it.</summary>
    public JsonObject ToSlack() => new() { ["text"] = ToText(bold: true) };

    /// <summary>As a webhook gets it.</summary>
    /// <param name="data">Further data, or null.</param>
    /// <param name="at">When it was made, UTC.</param>
    public JsonObject ToWebhook(JsonNode? data, DateTimeOffset at) => new()
    {
        ["title"] = Title,
        ["message"] = Message,
        ["severity"] = Severity,
        ["data"] = data,
        ["at"] = at,
    };

    /// <summary>As mail.</summary>
    /// <param name="sender">From whom.</param>
    /// <param name="recipient">To whom.</param>
    /// <param name="key">The same at each attempt to send it.</param>
    public MailMessage ToMail(MailAddress sender, MailAddress recipient, string key)
    {
        var mail = new MailMessage(sender, recipient)
        {
            Subject = Title.Length > 0 ? $"[{Severity}] {Title}" : $"[{Severity}]",
            Body = Message,
            BodyEncoding = Encoding.UTF8,
            SubjectEncoding = Encoding.UTF8,
        };
        mail.Headers.Add("Message-ID", $"<{key}@{sender.Host}>");
        return mail;
    }
}

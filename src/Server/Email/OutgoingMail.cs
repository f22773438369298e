using System.Net;
using System.Net.Mail;

namespace Platform.Server.Email;

/// <summary>Sends mail through the mail server of the options, one connection per mail.</summary>
/// <param name="options">The mail server.</param>
/// <param name="clock">Time.</param>
internal sealed class OutgoingMail(SmtpOptions options, TimeProvider clock)
{
    /// <summary>The mail server, and limits.</summary>
    public SmtpOptions Options { get; } = options;

    /// <summary>Whether there is a mail server.</summary>
    public bool IsConfigured => !string.IsNullOrWhiteSpace(Options.Host);

    /// <summary>Sends a mail. Returning means that the mail server took it for every recipient.</summary>
    /// <param name="mail">The mail.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="MailNotSentException">It could not be sent, or not to everybody.</exception>
    public async Task SendAsync(MailMessage mail, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Options.Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var client = new SmtpClient(Options.Host, Options.Port) { EnableSsl = Options.RequiresTls };
        if (!string.IsNullOrEmpty(Options.User))
            client.Credentials = new NetworkCredential(Options.User, Options.Password);
        try
        {
            // The client hears of a cancellation only between two lines of the conversation.
            await client.SendMailAsync(mail, either.Token).WaitAsync(either.Token);
        }
        catch (OperationCanceledException exception) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw Failed($"there was no answer within {Options.Timeout}, the limit Smtp:Timeout", exception);
        }
        catch (SmtpFailedRecipientsException exception)
        {
            throw Failed($"refused for {string.Join(", ", exception.InnerExceptions.Select(inner => $"{inner.FailedRecipient} ({inner.Message})"))}", exception);
        }
        catch (SmtpFailedRecipientException exception)
        {
            throw Failed($"refused for {exception.FailedRecipient} ({exception.Message})", exception);
        }
        catch (Exception exception) when (exception is SmtpException or IOException or System.Security.Authentication.AuthenticationException or InvalidOperationException)
        {
            throw Failed(exception.InnerException is { } inner ? $"{exception.Message} {inner.Message}" : exception.Message, exception);
        }
    }

    private MailNotSentException Failed(string reason, Exception exception) =>
        new($"WF4202: The mail could not be sent through {Options.Host}:{Options.Port}: {reason.TrimEnd('.')}.", exception);
}

/// <summary>A mail could not be sent, or not to everybody.</summary>
/// <param name="message">Why.</param>
/// <param name="inner">The cause.</param>
internal sealed class MailNotSentException(string message, Exception inner) : Exception(message, inner);

using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Platform.Server.Tests.Email;

/// <summary>A mail server on a port of this machine: it speaks the protocol of RFC 5321 as far as a client that sends needs it.</summary>
internal sealed class SmtpPeer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _serving;

    public SmtpPeer()
    {
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Whether it offers STARTTLS, with a certificate that nobody trusts.</summary>
    public bool OffersTls { get; init; }

    /// <summary>Whether mail is taken only from who signed in.</summary>
    public (string User, string Password)? Account { get; init; }

    /// <summary>Recipients that it refuses.</summary>
    public string? Refused { get; init; }

    /// <summary>Whether it greets nobody.</summary>
    public bool IsSilent { get; init; }

    /// <summary>Completes when somebody connected.</summary>
    public TaskCompletionSource Connected { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Mails that it took: their envelope and content.</summary>
    public List<(string From, List<string> To, string Data)> Mails { get; } = [];

    /// <summary>Every line that clients sent, outside of mails.</summary>
    public List<string> Heard { get; } = [];

    public void Dispose()
    {
        // First nothing is accepted any more, then the socket goes: the other way round, the loop may find it gone.
        _stopping.Cancel();
        _serving.GetAwaiter().GetResult();
        _listener.Stop();
        _stopping.Dispose();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                using var client = await _listener.AcceptTcpClientAsync(_stopping.Token);
                Connected.TrySetResult();
                if (IsSilent)
                    await client.GetStream().ReadExactlyAsync(new byte[1]);
                else
                    await TalkAsync(client.GetStream(), null);
            }
            catch (Exception exception) when (exception is IOException or System.Security.Authentication.AuthenticationException)
            {
                // The client left.
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task TalkAsync(Stream stream, string? greeting)
    {
        using var reader = new StreamReader(stream, Encoding.Latin1, leaveOpen: true);
        var (from, to, isSignedIn) = ("", new List<string>(), Account is null);
        await SayAsync(greeting ?? "220 peer ready");
        while (await reader.ReadLineAsync() is { } line)
        {
            Heard.Add(line);
            var verb = line.Split(' ', ':')[0].ToUpperInvariant();
            switch (verb)
            {
                case "EHLO":
                    await SayAsync("250-peer" + (OffersTls ? "\r\n250-STARTTLS" : "") + (Account is null ? "" : "\r\n250-AUTH LOGIN") + "\r\n250 8BITMIME");
                    break;
                case "STARTTLS":
                    await SayAsync("220 go ahead");
                    await using (var secured = new SslStream(stream))
                    {
                        using var certificate = MakeCertificate();
                        await secured.AuthenticateAsServerAsync(certificate);
                        await TalkAsync(secured, "");
                    }

                    return;
                case "AUTH":
                    isSignedIn = await SignInAsync(line);
                    await SayAsync(isSignedIn ? "235 welcome" : "535 wrong");
                    break;
                case "MAIL":
                    from = AddressOf(line);
                    await SayAsync(isSignedIn ? "250 sender" : "530 sign in first");
                    break;
                case "RCPT" when AddressOf(line) == Refused:
                    await SayAsync("550 no such user");
                    break;
                case "RCPT":
                    to.Add(AddressOf(line));
                    await SayAsync("250 recipient");
                    break;
                case "DATA":
                    await SayAsync("354 end with a dot");
                    var data = new StringBuilder();
                    while (await reader.ReadLineAsync() is { } text && text != ".")
                        data.AppendLine(text.StartsWith('.') ? text[1..] : text);
                    Mails.Add((from, [.. to], data.ToString()));
                    to.Clear();
                    await SayAsync("250 taken");
                    break;
                case "QUIT":
                    await SayAsync("221 bye");
                    return;
                default:
                    await SayAsync("250 fine");
                    break;
            }
        }

        async Task SayAsync(string text)
        {
            if (text.Length > 0)
                await stream.WriteAsync(Encoding.ASCII.GetBytes(text + "\r\n"));
        }

        async Task<bool> SignInAsync(string line)
        {
            // AUTH LOGIN asks for the name, unless it came along, and for the password.
            var parts = line.Split(' ');
            var name = parts.Length > 2 ? parts[2] : await AskAsync("VXNlcm5hbWU6");
            return (Decode(name), Decode(await AskAsync("UGFzc3dvcmQ6"))) == Account;
        }

        async Task<string> AskAsync(string question)
        {
            await SayAsync("334 " + question);
            return await reader.ReadLineAsync() ?? "";
        }
    }

    private static string Decode(string base64) => Encoding.UTF8.GetString(Convert.FromBase64String(base64));

    private static string AddressOf(string line) => line[(line.IndexOf('<') + 1)..line.IndexOf('>')];

    private static X509Certificate2 MakeCertificate()
    {
        using var key = RSA.Create(2048);
        using var made = new CertificateRequest("CN=peer", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }
}

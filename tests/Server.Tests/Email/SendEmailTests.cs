using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Platform.Runtime.Execution;
using Platform.Server.Email;
using Platform.Server.Tests.Http;
using static Platform.Server.Tests.Http.Flow;

namespace Platform.Server.Tests.Email;

/// <summary>Against a real conversation with a mail server; the options of the server under test are those of a test.</summary>
public sealed class SendEmailTests(SendEmailTests.Fixture fixture) : IClassFixture<SendEmailTests.Fixture>
{
    private static readonly (string, string, JsonNode?)[] Plain = [("from", "Literal", "Shop <shop@example.com>"), ("to", "Object", """["ann@example.com"]"""), ("subject", "Literal", "Hi"), ("body", "Literal", "x")];

    [Fact]
    public async Task A_mail_reaches_everybody_with_its_content()
    {
        using var peer = new SmtpPeer();
        fixture.Use(peer, options => options.DefaultSender = "Shop <shop@example.com>");
        var attachments = "[{fileName: 'lines.csv', contentType: 'text/csv', content: 'a,b'}, bytesFromString('raw'), {total: 3}]";
        var log = await RunAsync(
            ("to", "Object", """["Ann <ann@example.com>", "bob@example.com"]"""),
            ("cc", "Object", """["cc@example.com"]"""),
            ("bcc", "Object", """["secret@example.com"]"""),
            ("subject", "Literal", "Größe"),
            ("body", "Literal", "<p>Grüße</p>\n.dot"),
            ("attachments", "JavaScript", attachments));
        var (from, to, data) = peer.Mails.ShouldHaveSingleItem(log);
        from.ShouldBe("shop@example.com");
        to.ShouldBe(["ann@example.com", "bob@example.com", "cc@example.com", "secret@example.com"], ignoreOrder: true);
        data.ShouldNotContain("secret@example.com");
        data.ShouldContain("To: \"Ann\" <ann@example.com>, bob@example.com");
        data.ShouldContain("Cc: cc@example.com");
        data.ShouldContain("Subject: =?utf-8?B?" + Base64("Größe"));
        data.ShouldContain("text/html; charset=utf-8");
        data.ReplaceLineEndings("").ShouldContain(Base64("<p>Grüße</p>\n.dot"));
        data.ShouldContain("text/csv; name=lines.csv");
        data.ShouldContain(Base64("a,b"));
        data.ShouldContain("name=Attachment-1");
        data.ShouldContain("name=file.json");
        data.ShouldContain(Base64("""{"total":3}"""));
        data.ShouldMatch("(?i)Message-ID: <[0-9a-f]{32}-[0-9]+@example.com>");
    }

    [Fact]
    public async Task It_signs_in_and_the_password_is_nowhere_in_the_journal()
    {
        using var peer = new SmtpPeer { Account = ("shop", "open sesame") };
        fixture.Use(peer, options => (options.User, options.Password) = ("shop", "open sesame"));
        await RunAsync(Plain);
        peer.Mails.Count.ShouldBe(1);
        fixture.Use(peer, options => (options.User, options.Password) = ("shop", "wrong sesame"));
        var log = await RunAsync(Plain);
        log.ShouldContain("WF4202");
        log.ShouldNotContain("sesame");
        peer.Mails.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(false, "secure connections")]
    [InlineData(true, "certificate")]
    public async Task Where_encryption_is_required_nothing_is_sent_without_it(bool offersTls, string reason)
    {
        using var peer = new SmtpPeer { OffersTls = offersTls, Account = ("shop", "open sesame") };
        fixture.Use(peer, options => (options.Tls, options.User, options.Password) = (SmtpTls.Required, "shop", "open sesame"));
        var log = await RunAsync(Plain);
        log.ShouldContain("WF4202");
        log.ShouldContain(reason);
        peer.Mails.ShouldBeEmpty();
        peer.Heard.ShouldAllBe(line => !line.StartsWith("MAIL", StringComparison.Ordinal) && !line.StartsWith("AUTH", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("mail.example.com", "Auto", true)]
    [InlineData("mail.example.com", "None", false)]
    [InlineData("localhost", "Auto", false)]
    [InlineData("127.0.0.1", "Auto", false)]
    [InlineData("::1", "Required", true)]
    [InlineData("127.example.com", "Auto", true)]
    public void Encryption_is_required_unless_the_mail_server_is_here_or_it_is_told_otherwise(string host, string tls, bool expected) =>
        new SmtpOptions { Host = host, Tls = Enum.Parse<SmtpTls>(tls) }.RequiresTls.ShouldBe(expected);

    [Fact]
    public async Task A_failed_sending_faults_or_runs_the_error_port()
    {
        using var peer = new SmtpPeer { Refused = "ann@example.com" };
        fixture.Use(peer);
        var faulted = await RunAsync(Plain);
        faulted.ShouldContain("WF4202");
        faulted.ShouldContain("no such user");
        faulted.ShouldNotContain("went on");
        var handled = await RunAsync(step => step.With("error", Step("handle", "Elsa.SetName", ("value", "Literal", "handled"))), Plain);
        handled.ShouldContain("WF4202");
        handled.ShouldContain("handle");
        handled.ShouldContain("went on");
    }

    [Fact]
    public async Task A_mail_server_that_does_not_answer_in_time_or_is_not_there_is_a_failed_sending()
    {
        using var peer = new SmtpPeer { IsSilent = true };
        var clock = new ManualClock();
        fixture.Use(peer, clock: clock);
        var run = RunAsync(Plain);
        await peer.Connected.Task;
        clock.Advance(TimeSpan.FromSeconds(31));
        (await run).ShouldContain("no answer within 00:00:30");
        int free;
        using (var gone = new SmtpPeer())
            free = gone.Port;
        fixture.Use(peer, options => options.Port = free);
        (await RunAsync(Plain)).ShouldContain($"WF4202: The mail could not be sent through 127.0.0.1:{free}");
    }

    [Theory]
    [InlineData("from", "Literal", " ", "WF4203: The mail has no sender")]
    [InlineData("from", "Literal", "nobody", "WF4203: 'nobody' in the input 'From'")]
    [InlineData("to", "Object", "[]", "WF4203: The mail has no recipient")]
    [InlineData("to", "Object", """["a@example.com\r\nBcc: b@example.com"]""", "is no e-mail address")]
    [InlineData("cc", "Object", """["a@b@c"]""", "in the input 'Cc'")]
    [InlineData("bcc", "Object", """["a@example.com","b@example.com","c@example.com"]""", "WF4204: The mail has 4 recipients")]
    [InlineData("subject", "JavaScript", "'a\\r\\nBcc: b@example.com'", "WF4203: The subject contains a line break")]
    [InlineData("attachments", "Literal", "/etc/passwd", "WF4203: '/etc/passwd' cannot be attached")]
    [InlineData("attachments", "JavaScript", "['file:///etc/passwd']", "cannot be attached")]
    [InlineData("attachments", "Literal", "http://127.0.0.1:1/x", "WF4101")]
    [InlineData("attachments", "JavaScript", "bytesFromString('x'.repeat(1000))", "WF4204: The content is larger than 1000 bytes, the limit Smtp:MessageBytesMax")]
    [InlineData("body", "JavaScript", "'x'.repeat(1001)", "WF4204: The content is larger")]
    public async Task A_mail_that_cannot_be_written_faults_and_is_not_sent(string input, string type, string value, string message)
    {
        using var peer = new SmtpPeer();
        fixture.Use(peer, options => (options.RecipientsMax, options.MessageBytesMax) = (3, 1000));
        var log = await RunAsync(step => step.With("error", Step("handle", "Elsa.SetName", ("value", "Literal", "handled"))), [.. Plain.Where(other => other.Item1 != input), (input, type, value)]);
        log.ShouldContain(message);
        log.ShouldNotContain("handled");
        peer.Heard.ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_a_mail_server_it_faults_with_the_name_of_the_setting()
    {
        await using var server = HttpTestServer.Start();
        await server.PublishAsync("mail", Of(Step("send", "Elsa.SendEmail", Plain)));
        await server.Runtime.StartAsync(new StartRequest { DefinitionId = "mail" }, CancellationToken.None);
        (await server.LogAsync("mail")).ShouldContain("WF4201: No mail can be sent: there is no mail server. Set Smtp:Host");
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private Task<string> RunAsync(params (string, string, JsonNode?)[] inputs) => RunAsync(step => step, inputs);

    /// <summary>Runs a workflow that sends one mail, and answers its log.</summary>
    private async Task<string> RunAsync(Func<JsonObject, JsonObject> with, (string, string, JsonNode?)[] inputs)
    {
        var id = fixture.NextName();
        await fixture.Server.PublishAsync(id, Of(with(Step("send", "Elsa.SendEmail", inputs)), Step("after", "Elsa.SetName", ("value", "Literal", "went on"))));
        await fixture.Server.Runtime.StartAsync(new StartRequest { DefinitionId = id }, CancellationToken.None);
        return await fixture.Server.LogAsync(id);
    }

    public sealed class Fixture : IAsyncLifetime
    {
        private OutgoingMail? _mail;
        private int _names;

        public Fixture() => Server = HttpTestServer.Start(services => services.AddTransient(_ => _mail!));

        internal HttpTestServer Server { get; }

        public string NextName() => string.Create(CultureInfo.InvariantCulture, $"mail{Interlocked.Increment(ref _names)}");

        public Task InitializeAsync() => Task.CompletedTask;

        public Task DisposeAsync() => Server.DisposeAsync().AsTask();

        /// <summary>From now on mail goes to this peer.</summary>
        internal void Use(SmtpPeer peer, Action<SmtpOptions>? change = null, TimeProvider? clock = null)
        {
            var options = new SmtpOptions { Host = "127.0.0.1", Port = peer.Port };
            change?.Invoke(options);
            _mail = new OutgoingMail(options, clock ?? TimeProvider.System);
        }
    }
}

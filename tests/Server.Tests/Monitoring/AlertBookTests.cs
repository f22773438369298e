using Microsoft.Extensions.Logging.Abstractions;
using Platform.Runtime;
using Platform.Runtime.Store;
using Platform.Server.Monitoring;
using Platform.Server.Monitoring.Alerts;
using Platform.Server.Monitoring.Health;
using Platform.Server.Monitoring.Series;

namespace Platform.Server.Tests.Monitoring;

public sealed class AlertBookTests : IAsyncLifetime
{
    private const string Memory = PlatformSubjects.Memory;
    private readonly ManualClock _clock = new();
    private readonly InMemoryStore _store = new();
    private readonly MonitorOptions _options = new();
    private readonly AlertOptions _alertOptions = new();
    private readonly NoticeQueue _notices = new(NullLogger<NoticeQueue>.Instance);
    private SampleHistory _history = null!;
    private HealthMonitor _monitor = null!;
    private AlertSettings _settings = null!;
    private AlertBook _book = null!;

    public async Task InitializeAsync()
    {
        await _store.InitializeAsync(CancellationToken.None);
        await RestartAsync();
    }

    public Task DisposeAsync()
    {
        _book.Dispose();
        _settings.Dispose();
        _history.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task An_alert_opens_when_its_condition_has_held_for_long_enough_and_only_once()
    {
        await SeeMemoryAsync(85);
        await SeeMemoryAsync(86);
        _book.Active.ShouldBeEmpty();
        await SeeMemoryAsync(88);
        await SeeMemoryAsync(87);

        var alert = _book.Active.ShouldHaveSingleItem();
        (alert.Rule, alert.Subject, alert.Severity, alert.State).ShouldBe(("memory-high", Memory, Severity.Warning, AlertState.Open));
        (alert.Value, alert.Worst, alert.Count).ShouldBe((87, 88, 2));
        alert.Message.ShouldBe("The server uses 87 % of the memory it may have, which is at or above 80 %.");
        alert.FirstAt.ShouldBe(_clock.GetUtcNow().AddSeconds(-90));
        Told().ShouldBe(["opened memory-high memory"]);
    }

    [Fact]
    public async Task A_condition_that_breaks_off_begins_to_count_anew()
    {
        await SeeMemoryAsync(85);
        await SeeMemoryAsync(85);
        await SeeMemoryAsync(20);
        await SeeMemoryAsync(85);
        await SeeMemoryAsync(85);

        _book.All.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_alert_is_over_after_two_checks_that_are_well_and_that_is_told()
    {
        await OpenAsync();

        await SeeMemoryAsync(20);
        _book.Active.ShouldHaveSingleItem();
        await SeeMemoryAsync(20);

        _book.Active.ShouldBeEmpty();
        _book.All.ShouldHaveSingleItem().ResolvedAt.ShouldBe(_clock.GetUtcNow());
        Told().ShouldBe(["opened memory-high memory", "recovered memory-high memory"]);
        await OpenAsync();
        _book.All.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Looking_twice_at_the_same_check_counts_once()
    {
        await OpenAsync();
        await _book.EvaluateAsync();
        await _book.EvaluateAsync();

        _book.Active.ShouldHaveSingleItem().Count.ShouldBe(1);
        await SeeMemoryAsync(20);
        await _book.EvaluateAsync();
        await _book.EvaluateAsync();
        _book.Active.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task An_open_alert_goes_on_after_a_restart_and_is_not_told_again()
    {
        await OpenAsync();
        var id = _book.Active[0].Id;
        Told();

        await RestartAsync();
        await SeeMemoryAsync(90);

        _book.Active.ShouldHaveSingleItem().Id.ShouldBe(id);
        Told().ShouldBeEmpty();
        await SeeMemoryAsync(20);
        await SeeMemoryAsync(20);
        Told().ShouldBe(["recovered memory-high memory"]);
        await RestartAsync();
        _book.All.ShouldHaveSingleItem().State.ShouldBe(AlertState.Resolved);
    }

    [Fact]
    public async Task A_silenced_alert_is_kept_and_told_when_the_silence_is_over()
    {
        await _settings.AddAsync("memory-high", null, _clock.GetUtcNow().AddMinutes(10), "maintenance", "ann");
        await OpenAsync();

        _book.Active.ShouldHaveSingleItem().IsSilenced.ShouldBeTrue();
        Told().ShouldBeEmpty();
        _clock.Advance(TimeSpan.FromMinutes(10));
        await SeeMemoryAsync(85);

        _book.Active.ShouldHaveSingleItem().IsSilenced.ShouldBeFalse();
        Told().ShouldBe(["opened memory-high memory"]);
        _settings.Silences.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_began_and_ended_in_silence_is_never_told()
    {
        await _settings.AddAsync(null, "memory", _clock.GetUtcNow().AddHours(1), null, "ann");
        await OpenAsync();
        await SeeMemoryAsync(20);
        await SeeMemoryAsync(20);

        _book.All.ShouldHaveSingleItem().State.ShouldBe(AlertState.Resolved);
        Told().ShouldBeEmpty();
    }

    [Fact]
    public async Task Somebody_acknowledges_an_alert_and_it_still_ends_by_itself()
    {
        await OpenAsync();
        var id = _book.Active[0].Id;

        (await _book.AcknowledgeAsync(id, "ann", "I look."))!.State.ShouldBe(AlertState.Acknowledged);
        await SeeMemoryAsync(85);
        var alert = _book.Find(id)!;
        (alert.State, alert.AcknowledgedBy, alert.Note).ShouldBe((AlertState.Acknowledged, "ann", "I look."));
        await SeeMemoryAsync(20);
        await SeeMemoryAsync(20);

        _book.Find(id)!.State.ShouldBe(AlertState.Resolved);
        (await _book.AcknowledgeAsync("none", "ann", null)).ShouldBeNull();
    }

    [Fact]
    public async Task The_alert_of_a_rule_that_is_turned_off_or_a_subject_that_is_gone_is_over()
    {
        await OpenAsync();
        var rule = _settings.Rules.Find("memory-high")!;
        (await _settings.Rules.SaveAsync(rule.Name, rule with { IsEnabled = false }, isNew: false)).ShouldBe(SettingChange.Saved);
        await _book.EvaluateAsync();
        _book.Active.ShouldBeEmpty();

        Take("service:a", SubjectStatus.Unhealthy);
        await _book.EvaluateAsync();
        _book.Active.ShouldHaveSingleItem().Message.ShouldBe("The service 'a' is unhealthy. It is down.");
        _monitor.KeepServices(new HashSet<string>());
        await _book.EvaluateAsync();
        _book.Active.ShouldBeEmpty();
    }

    [Fact]
    public async Task Resolved_alerts_are_forgotten_after_their_time()
    {
        await OpenAsync();
        await SeeMemoryAsync(20);
        await SeeMemoryAsync(20);
        _clock.Advance(_alertOptions.KeepFor + TimeSpan.FromMinutes(1));
        await _book.EvaluateAsync();

        _book.All.ShouldBeEmpty();
        (await _store.ListDocumentsAsync(Alert.DocumentKind, CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_rule_of_the_store_counts_over_the_built_in_one_until_it_is_taken_back()
    {
        var rule = _settings.Rules.Find("memory-high")!;
        await _settings.Rules.SaveAsync(rule.Name, rule with { Threshold = 10, For = TimeSpan.Zero }, isNew: false);
        _settings.Rules.SourceOf("memory-high").ShouldBe("store");
        await SeeMemoryAsync(15);
        _book.Active.ShouldHaveSingleItem();

        await RestartAsync();
        _settings.Rules.Find("memory-high")!.Threshold.ShouldBe(10);
        (await _settings.Rules.RemoveAsync("memory-high")).ShouldBe(SettingChange.Saved);
        _settings.Rules.Find("memory-high")!.Threshold.ShouldBe(80);
        (await _settings.Rules.RemoveAsync("memory-high")).ShouldBe(SettingChange.NotStored);
        (await _settings.Rules.RemoveAsync("none")).ShouldBe(SettingChange.Missing);
    }

    private async Task RestartAsync()
    {
        _book?.Dispose();
        _settings?.Dispose();
        _history?.Dispose();
        var ids = new Ids(_clock);
        _history = new SampleHistory(_store, _options, _clock);
        _monitor = new HealthMonitor(_history, _options, _clock, NullLogger<HealthMonitor>.Instance);
        _settings = new AlertSettings(_alertOptions, _store, ids, _clock, NullLogger<AlertSettings>.Instance);
        _book = new AlertBook(_monitor, _settings, _notices, _store, new AlertContext(_alertOptions, _options.BetterAfter, ids, _clock), NullLogger<AlertBook>.Instance);
        await _book.LoadAsync(CancellationToken.None);
    }

    private async Task OpenAsync()
    {
        for (var i = 0; i < 3; i++)
            await SeeMemoryAsync(85);
        _book.Active.ShouldHaveSingleItem();
    }

    private async Task SeeMemoryAsync(double percent)
    {
        _clock.Advance(TimeSpan.FromSeconds(30));
        _monitor.Take(Memory, new Observation(SubjectStatus.Healthy, null, [new(MetricCatalog.Memory, percent)]), null);
        await _book.EvaluateAsync();
    }

    private void Take(string subject, SubjectStatus status)
    {
        _clock.Advance(TimeSpan.FromSeconds(15));
        _monitor.Take(subject, new Observation(status, "It is down.", []), null);
    }

    private List<string> Told()
    {
        List<string> told = [];
        while (_notices.Reader.TryRead(out var pending))
            told.Add($"{pending.Kind} {pending.Alert.Rule} {pending.Alert.Subject}");
        return told;
    }
}

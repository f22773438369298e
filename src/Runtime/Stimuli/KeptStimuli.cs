using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Platform.Engine.Execution;
using Platform.Runtime.Audit;
using Platform.Runtime.Execution;
using Platform.Runtime.Store;

namespace Platform.Runtime.Stimuli;

/// <summary>
/// Stimuli that reached nothing. Each waits for its time, so that a bookmark that comes a moment later still gets it; after that it is a
/// dead letter, which people can look at and replay. All of them are stored; this duty holds them in memory too, without their inputs, and
/// so the commits of bookmarks cost nothing while none waits. A stimulus that is delivered leaves in the commit that queues its delivery.
/// </summary>
public sealed class KeptStimuli : BackgroundService
{
    /// <summary>Kind of the stored documents.</summary>
    private const string Kind = "stimulus";

    /// <summary>How often a stimulus that was matched and then reached nothing looks again by itself; later it waits for a new bookmark.</summary>
    private const int AttemptsMax = 100;
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(30);
    private readonly IWorkflowStore _store;
    private readonly Outbox _outbox;
    private readonly WorkCodec _codec;
    private readonly RuntimeOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Lock _sync = new();
    private readonly Dictionary<string, KeptStimulus> _kept = new(StringComparer.Ordinal);
    private readonly Channel<string> _matched = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Queue<KeptStimulus> _unmatched = new();
    private int _waiting;

    /// <summary>Makes the duty.</summary>
    /// <param name="store">Where stimuli are kept.</param>
    /// <param name="outbox">Queues deliveries.</param>
    /// <param name="events">Announces bookmarks.</param>
    /// <param name="options">How long and how many.</param>
    /// <param name="clock">Time.</param>
    /// <param name="logger">Log.</param>
    public KeptStimuli(IWorkflowStore store, Outbox outbox, RuntimeEvents events, RuntimeOptions options, TimeProvider clock, ILogger<KeptStimuli> logger)
    {
        _store = store;
        _outbox = outbox;
        _codec = outbox.Codec;
        _options = options;
        _clock = clock;
        _logger = logger;
        events.BurstCommitted += committed =>
        {
            if (Volatile.Read(ref _waiting) > 0)
                Match(committed.NewBookmarks);
        };
    }

    /// <summary>All that is kept, newest first: what waits, and dead letters.</summary>
    public IReadOnlyList<KeptStimulus> List()
    {
        lock (_sync)
            return [.. _kept.Values.OrderByDescending(kept => kept.Id, StringComparer.Ordinal)];
    }

    /// <summary>How many stimuli wait, and how many are dead letters.</summary>
    public (int Waiting, int Dead) Counts
    {
        get
        {
            lock (_sync)
                return (_waiting, _kept.Count - _waiting);
        }
    }

    /// <summary>Delivers kept stimuli again, as if they happened now.</summary>
    /// <param name="id">Which one.</param>
    /// <param name="cancellationToken">Ends the wait for the store.</param>
    /// <returns>False when it is not kept (any more).</returns>
    public ValueTask<bool> ReplayAsync(string id, CancellationToken cancellationToken) => DeliverAsync(id, asNew: true, cancellationToken);

    /// <summary>Forgets a kept stimulus.</summary>
    /// <param name="id">Which one.</param>
    /// <param name="cancellationToken">Ends the wait for the store.</param>
    /// <returns>False when it is not kept (any more).</returns>
    public async ValueTask<bool> DeleteAsync(string id, CancellationToken cancellationToken)
    {
        if (Take(id) is not { } kept)
            return false;
        var commit = new Commit { DeletedDocuments = [new(Kind, id)] };
        AuditScope.Current?.AddTo(commit, new AuditChange("deadletter", id, kept.Name));
        await CommitAsync(kept, commit, cancellationToken);
        return true;
    }

    /// <inheritdoc />
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <summary>Takes into memory what is stored. A process that ended between keeping a stimulus and looking for its bookmark left that to this one.</summary>
    internal async Task LoadAsync(CancellationToken cancellationToken)
    {
        foreach (var stored in await _store.ListDocumentsAsync(Kind, cancellationToken))
        {
            if (JsonSerializer.Deserialize(stored.Json, KeptStimulusJson.Default.KeptStimulus) is { } kept)
                Put(kept);
        }

        foreach (var kept in List().Where(kept => !kept.IsDead).Reverse())
            _unmatched.Enqueue(kept);
    }

    /// <summary>Keeps a stimulus that reached nothing, and looks once more for a bookmark that was stored meanwhile.</summary>
    /// <param name="stimulus">The stimulus.</param>
    /// <param name="workId">The queued work that carried it, deleted with the same commit; null when it was not queued.</param>
    internal async ValueTask KeepAsync(Stimulus stimulus, string? workId)
    {
        var now = _clock.GetUtcNow();
        var kept = new KeptStimulus
        {
            Id = _outbox.NewId(),
            Name = stimulus.Name,
            Payload = stimulus.Payload,
            Hash = StimulusHash.Compute(stimulus.Name, stimulus.Payload),
            CorrelationId = stimulus.CorrelationId,
            InstanceId = stimulus.InstanceId,
            ActivityInstanceId = stimulus.ActivityInstanceId,
            Work = _codec.Write(stimulus with { KeptUntil = stimulus.KeptUntil ?? now + _options.StimulusKeepTime, KeptCount = stimulus.KeptCount + 1 }),
            CreatedAt = now,
            ExpiresAt = stimulus.KeptUntil ?? now + _options.StimulusKeepTime,
        };
        await _store.CommitAsync(new Commit { Documents = [ToStored(kept)], DeletedWork = workId is null ? null : [workId] }, CancellationToken.None);
        // In this order: a bookmark that is committed from here on finds it in memory, one that was committed before is found in the store.
        Put(kept);
        if (stimulus.KeptCount < AttemptsMax)
            await MatchStoredAsync(kept, CancellationToken.None);
        await MakeRoomAsync();
    }

    /// <summary>What has waited long enough becomes a dead letter, and dead letters end after their time.</summary>
    internal async ValueTask EndAsync(CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        List<KeptStimulus> ended;
        List<KeptStimulus> dead;
        lock (_sync)
        {
            ended = [.. _kept.Values.Where(kept => !kept.IsDead && kept.ExpiresAt <= now)];
            dead = [.. _kept.Values.Where(kept => kept.IsDead).OrderByDescending(kept => kept.Id, StringComparer.Ordinal)];
        }

        await BuryAsync(ended, $"Nothing waited for it within {_options.StimulusKeepTime}, and no published workflow is started by it.", cancellationToken);
        var gone = dead.Where((kept, index) => kept.ExpiresAt <= now || index >= _options.DeadLettersMax).ToList();
        foreach (var kept in gone)
            await DeleteAsync(kept.Id, cancellationToken);
        if (gone.Count > 0)
            Log.DeadLettersDeleted(_logger, gone.Count, _options.DeadLetterKeepTime, _options.DeadLettersMax);
    }

    /// <summary>Delivers what was matched, and ends what has waited long enough. What fails stays in front and is tried again.</summary>
    internal async ValueTask DoRoundAsync(CancellationToken cancellationToken)
    {
        for (; _unmatched.TryPeek(out var kept); _unmatched.Dequeue())
            await MatchStoredAsync(kept, cancellationToken);
        for (; _matched.Reader.TryPeek(out var id); _matched.Reader.TryRead(out _))
            await DeliverAsync(id, asNew: false, cancellationToken);
        await EndAsync(cancellationToken);
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await DoRoundAsync(stoppingToken);
                using var ending = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
                await Task.WhenAny(_matched.Reader.WaitToReadAsync(ending.Token).AsTask(), Task.Delay(Round, _clock, ending.Token));
                await ending.CancelAsync();
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            // The loop of a background duty: a failing store must not end it.
            catch (Exception exception)
            {
                Log.DutyFailed(_logger, exception, nameof(KeptStimuli), Round);
                await Task.Delay(Round, _clock, stoppingToken).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }
        }
    }

    private static StoredDocument ToStored(KeptStimulus kept) => new(Kind, kept.Id, JsonSerializer.Serialize(kept, KeptStimulusJson.Default.KeptStimulus));

    private void Match(IReadOnlyList<StoredBookmark> bookmarks)
    {
        lock (_sync)
        {
            foreach (var bookmark in bookmarks)
            {
                var found = _kept.Values.Where(kept => !kept.IsDead && kept.Hash == bookmark.Hash
                    && (kept.InstanceId is null || kept.InstanceId == bookmark.InstanceId)
                    && (kept.ActivityInstanceId is null || kept.ActivityInstanceId == bookmark.ActivityInstanceId)
                    && (kept.CorrelationId is null || kept.CorrelationId == bookmark.CorrelationId));
                if (found.MinBy(kept => kept.Id, StringComparer.Ordinal) is { } oldest)
                    _matched.Writer.TryWrite(oldest.Id);
            }
        }
    }

    /// <summary>Looks for a bookmark that is stored already.</summary>
    private async ValueTask MatchStoredAsync(KeptStimulus kept, CancellationToken cancellationToken)
    {
        var filter = new BookmarkFilter { Hash = kept.Hash, CorrelationId = kept.CorrelationId, InstanceId = kept.InstanceId, ActivityInstanceId = kept.ActivityInstanceId };
        if ((await _store.FindBookmarksAsync(filter, cancellationToken)).Count > 0)
            _matched.Writer.TryWrite(kept.Id);
    }

    /// <summary>Whoever takes a stimulus out of memory is the only one to deliver it.</summary>
    private KeptStimulus? Take(string id)
    {
        lock (_sync)
        {
            if (!_kept.Remove(id, out var kept))
                return null;
            if (!kept.IsDead)
                Volatile.Write(ref _waiting, _waiting - 1);
            return kept;
        }
    }

    private void Put(KeptStimulus kept)
    {
        lock (_sync)
        {
            _kept.Add(kept.Id, kept with { Work = "" });
            if (!kept.IsDead)
                Volatile.Write(ref _waiting, _waiting + 1);
        }
    }

    private async ValueTask<bool> DeliverAsync(string id, bool asNew, CancellationToken cancellationToken)
    {
        if (Take(id) is not { } kept)
            return false;
        if (await ReadAsync(kept, cancellationToken) is not { } stored)
            return false;
        var stimulus = _codec.ReadStimulus(stored.Work);
        var work = _outbox.ToWork(asNew ? stimulus with { KeptUntil = null, KeptCount = 0 } : stimulus);
        var commit = new Commit { DeletedDocuments = [new(Kind, id)], Work = [work] };
        if (asNew)
            AuditScope.Current?.AddTo(commit, new AuditChange("deadletter", id, kept.Name));
        await CommitAsync(kept, commit, cancellationToken);
        _outbox.Announce([work], []);
        return true;
    }

    /// <summary>A kept stimulus with its inputs; null when it is not stored any more.</summary>
    private async ValueTask<KeptStimulus?> ReadAsync(KeptStimulus taken, CancellationToken cancellationToken)
    {
        try
        {
            var stored = await _store.FindDocumentAsync(Kind, taken.Id, cancellationToken);
            return stored is null ? null : JsonSerializer.Deserialize(stored.Json, KeptStimulusJson.Default.KeptStimulus);
        }
        catch
        {
            Put(taken);
            throw;
        }
    }

    private async ValueTask CommitAsync(KeptStimulus taken, Commit commit, CancellationToken cancellationToken)
    {
        try
        {
            await _store.CommitAsync(commit, cancellationToken);
        }
        catch
        {
            Put(taken);
            throw;
        }
    }

    private ValueTask MakeRoomAsync()
    {
        List<KeptStimulus> waiting;
        lock (_sync)
        {
            if (_waiting <= _options.KeptStimuliMax)
                return default;
            waiting = [.. _kept.Values.Where(kept => !kept.IsDead).OrderBy(kept => kept.Id, StringComparer.Ordinal).Take(_waiting - _options.KeptStimuliMax)];
        }

        return BuryAsync(waiting, $"More than {_options.KeptStimuliMax} stimuli waited for a bookmark; it was the oldest.", CancellationToken.None);
    }

    private async ValueTask BuryAsync(List<KeptStimulus> ended, string reason, CancellationToken cancellationToken)
    {
        foreach (var kept in ended)
        {
            if (Take(kept.Id) is not { } taken || await ReadAsync(taken, cancellationToken) is not { } stored)
                continue;
            var dead = stored with { Reason = reason, ExpiresAt = _clock.GetUtcNow() + _options.DeadLetterKeepTime };
            await CommitAsync(taken, new Commit { Documents = [ToStored(dead)] }, cancellationToken);
            Put(dead);
            Log.StimulusUnmatched(_logger, dead.Id, dead.Name);
        }
    }
}

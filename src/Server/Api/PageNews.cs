using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Threading.Channels;
using Platform.Runtime;

namespace Platform.Server.Api;

/// <summary>
/// Which kinds of things changed, for pages that are looked at. While nobody listens a change costs one look at a field; a listener
/// that is slow hears of each kind once, however often it changed meanwhile.
/// </summary>
internal sealed class PageNews : IDisposable
{
    /// <summary>Instances: a burst was committed.</summary>
    public const string Instances = "instances";

    /// <summary>Workflows: one was saved, published, retracted or deleted.</summary>
    public const string Definitions = "definitions";

    /// <summary>The monitor: a round of checks has ended, or a process that the server starts changed its state.</summary>
    public const string Monitor = "monitor";

    /// <summary>How long changes are gathered before they are told.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    private readonly RuntimeEvents _events;
    private readonly TimeProvider _clock;
    private ImmutableArray<Listener> _listeners = [];

    /// <summary>Begins to hear of changes.</summary>
    /// <param name="events">Announces commits.</param>
    /// <param name="ids">Makes the id of this life.</param>
    /// <param name="clock">Time.</param>
    public PageNews(RuntimeEvents events, Ids ids, TimeProvider clock)
    {
        LifeId = ids.New();
        _events = events;
        _clock = clock;
        events.BurstCommitted += OnBurst;
        events.DefinitionChanged += OnDefinition;
    }

    /// <summary>Tells one life of the server from the next, so that a page notices a restart.</summary>
    public string LifeId { get; }

    /// <summary>Something of this kind changed.</summary>
    /// <param name="topic">The kind, in one word: <c>instances</c>, or a kind of target of the audit log.</param>
    public void Tell(string topic)
    {
        foreach (var listener in _listeners)
            listener.Hear(topic);
    }

    /// <summary>Begins to listen.</summary>
    /// <returns>What is heard from now on.</returns>
    public Listener Listen()
    {
        var listener = new Listener(this);
        ImmutableInterlocked.Update(ref _listeners, listeners => listeners.Add(listener));
        return listener;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _events.BurstCommitted -= OnBurst;
        _events.DefinitionChanged -= OnDefinition;
    }

    private void OnBurst(BurstCommitted burst) => Tell(Instances);

    private void OnDefinition(string definitionId, bool isDeleted) => Tell(Definitions);

    /// <summary>One page that is open.</summary>
    /// <param name="news">Whom it hears.</param>
    internal sealed class Listener(PageNews news) : IDisposable
    {
        private readonly ConcurrentDictionary<string, bool> _heard = new(StringComparer.Ordinal);
        private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

        /// <summary>Waits until something changed.</summary>
        /// <param name="cancellationToken">Ends the waiting.</param>
        /// <returns>The kinds that changed, or null when the waiting was ended.</returns>
        public async ValueTask<IReadOnlyCollection<string>?> NextAsync(CancellationToken cancellationToken)
        {
            try
            {
                await _signal.Reader.ReadAsync(cancellationToken);
                await Task.Delay(Pause, news._clock, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return null;
            }

            var topics = _heard.Keys.Order(StringComparer.Ordinal).ToArray();
            foreach (var topic in topics)
                _heard.TryRemove(topic, out _);
            return topics;
        }

        /// <inheritdoc/>
        public void Dispose() => ImmutableInterlocked.Update(ref news._listeners, listeners => listeners.Remove(this));

        internal void Hear(string topic)
        {
            if (_heard.TryAdd(topic, true))
                _signal.Writer.TryWrite(true);
        }
    }
}

using System.Collections.Concurrent;
using System.Globalization;

namespace Platform.FlakyService;

/// <summary>Asks for money.</summary>
/// <param name="Amount">How much.</param>
/// <param name="Currency">ISO 4217 code.</param>
public sealed record ChargeRequest(decimal Amount, string Currency = "EUR");

/// <summary>A charge that was made.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Amount">How much.</param>
/// <param name="Currency">ISO 4217 code.</param>
public sealed record Charge(string Id, decimal Amount, string Currency);

/// <summary>Asks to tell somebody something.</summary>
/// <param name="To">Whom.</param>
/// <param name="Text">What.</param>
public sealed record MessageRequest(string To, string Text);

/// <summary>What the services know.</summary>
public sealed class Ledger
{
    /// <summary>Items in stock.</summary>
    public static readonly IReadOnlyDictionary<string, int> Stock =
        new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase) { ["apple"] = 120, ["pear"] = 35, ["quince"] = 0 };

    private readonly ConcurrentDictionary<string, Charge> _byKey = new(StringComparer.Ordinal);
    private int _charges;

    /// <summary>Charges that were made.</summary>
    public IEnumerable<Charge> Charges => _byKey.Values;

    /// <summary>Messages that were accepted.</summary>
    public ConcurrentQueue<MessageRequest> Messages { get; } = new();

    /// <summary>Makes a charge; one with the same key only once.</summary>
    /// <param name="key">Idempotency key, or null.</param>
    /// <param name="request">The request.</param>
    public Charge Charge(string? key, ChargeRequest request)
    {
        var number = Interlocked.Increment(ref _charges).ToString(CultureInfo.InvariantCulture);
        return _byKey.GetOrAdd(key ?? "unkeyed-" + number, _ => new Charge("ch-" + number, request.Amount, request.Currency));
    }
}

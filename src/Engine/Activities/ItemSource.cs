using System.Collections;
using System.Text.Json;
using Platform.Engine.Values;

namespace Platform.Engine.Activities;

/// <summary>Reads the items of whatever an author gives to an input that takes many: a list, a lazy sequence, a stream of items, JSON.</summary>
public static class ItemSource
{
    /// <summary>Reads the items.</summary>
    /// <param name="items">The input; null has no items.</param>
    /// <param name="itemsMax">Reading stops when there is one more than this, so that an endless sequence ends; the caller refuses it.</param>
    /// <param name="cancellationToken">Ends the reading of a stream.</param>
    /// <exception cref="InvalidOperationException">The value is no list.</exception>
    public static async ValueTask<List<object?>> ReadAsync(object? items, int itemsMax, CancellationToken cancellationToken)
    {
        var list = new List<object?>();
        switch (items)
        {
            case null:
                break;
            case string or JsonElement when ValueConverter.Convert<ICollection<object>>(items) is { } parsed:
                list.AddRange(parsed.Take(itemsMax + 1));
                break;
            case IAsyncEnumerable<object> stream:
                await foreach (var item in stream.WithCancellation(cancellationToken))
                {
                    list.Add(item);
                    if (list.Count > itemsMax)
                        break;
                }

                break;
            case IEnumerable sequence and not string:
                list.AddRange(sequence.Cast<object?>().Take(itemsMax + 1));
                break;
            default:
                throw new InvalidOperationException($"The items are a {items.GetType().Name}, not a list. Give the input 'Items' a list.");
        }

        return list;
    }
}

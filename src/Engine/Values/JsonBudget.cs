using System.Text.Json;

namespace Platform.Engine.Values;

/// <summary>Counts the bytes that one value takes in a writer that may hold other things as well.</summary>
internal readonly struct JsonBudget(Utf8JsonWriter writer, long bytesMax)
{
    private readonly long _end = writer.BytesCommitted + writer.BytesPending + bytesMax;

    /// <summary>Called before something large is written: it needs at least a byte per unit.</summary>
    /// <param name="units">How many characters or bytes are coming.</param>
    public void Reserve(int units)
    {
        if (writer.BytesCommitted + writer.BytesPending + units > _end)
            throw new ValueTooLargeException(bytesMax);
    }

    /// <summary>Called after something was written.</summary>
    public void Check() => Reserve(0);
}

namespace Platform.Engine.Values;

/// <summary>The JSON form of a value is larger than its limit.</summary>
public sealed class ValueTooLargeException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="bytesMax">The limit that was exceeded, in bytes of UTF-8.</param>
    public ValueTooLargeException(long bytesMax)
        : base($"The JSON form of the value is larger than {bytesMax} bytes.") => BytesMax = bytesMax;

    /// <summary>The limit that was exceeded, in bytes of UTF-8.</summary>
    public long BytesMax { get; }
}

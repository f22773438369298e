namespace Platform.Engine.Values;

/// <summary>The limits that every value keeps, wherever it comes from.</summary>
public static class ValueLimits
{
    /// <summary>How deep objects and arrays may nest: 64, which every common JSON reader accepts without being told.</summary>
    public const int DepthMax = 64;

    /// <summary>
    /// How large the JSON form of one value may become: 16 MiB of UTF-8. A few shared references are enough for a value of
    /// a hundred bytes in memory to need gigabytes as JSON, so there has to be an end.
    /// </summary>
    public const int BytesMax = 16 * 1024 * 1024;
}

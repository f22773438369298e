namespace Platform.Runtime;

/// <summary>Makes ids: the one place. Time-ordered, so that rows are inserted at the end of their index; opaque to everybody else.</summary>
/// <param name="clock">Time.</param>
public sealed class Ids(TimeProvider clock)
{
    /// <summary>A new id: 32 hexadecimal characters, version 7.</summary>
    public string New() => Guid.CreateVersion7(clock.GetUtcNow()).ToString("N");
}

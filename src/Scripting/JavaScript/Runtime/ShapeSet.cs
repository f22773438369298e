namespace Platform.Scripting.JavaScript;

/// <summary>The shapes that objects of one script start from. They live as long as the script, so runs share what they learn.</summary>
internal sealed class ShapeSet
{
    public ShapeSet()
    {
        Root = Shape.NewRoot();
        IteratorResult = Root.With("value", PropertyFlags.All)!.With("done", PropertyFlags.All)!;
    }

    /// <summary>The empty object.</summary>
    public Shape Root { get; }

    /// <summary>The start of functions and host objects, whose own names are not all in their shape.</summary>
    public Shape Exotic { get; } = Shape.NewRoot();

    public Shape IteratorResult { get; }
}

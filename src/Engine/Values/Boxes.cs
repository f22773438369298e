namespace Platform.Engine.Values;

/// <summary>Boxed values that occur so often that they are shared.</summary>
internal static class Boxes
{
    private const int SmallestInt = -1;
    private const int LargestInt = 255;

    private static readonly object True = true;
    private static readonly object False = false;
    private static readonly object[] SmallInts = [.. Enumerable.Range(SmallestInt, LargestInt - SmallestInt + 1).Cast<object>()];

    public static object Of(bool value) => value ? True : False;

    public static object Of(int value) => value is >= SmallestInt and <= LargestInt ? SmallInts[value - SmallestInt] : value;
}

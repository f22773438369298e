using System.Collections;

namespace Platform.Engine.Tests.Values;

public enum Colour
{
    Red,
    Green = 5,
}

[Flags]
public enum Sides
{
    None = 0,
    Left = 1,
    Right = 2,
}

public sealed record Address(string Street, int Number);

public sealed class Person
{
    public string Name { get; set; } = "";

    public int Age { get; set; }

    public Colour Colour { get; set; }

    public TimeSpan? Shift { get; set; }

    public object? Extra { get; set; }

    public List<Address> Addresses { get; set; } = [];

    public Dictionary<string, object?> Notes { get; set; } = [];

    public Stream? Handle { get; set; }

    public string Initial => Name.Length == 0 ? "" : Name[..1];
}

/// <summary>A class that contains itself by declared type.</summary>
public sealed class Link
{
    public Link? Next { get; set; }

    public object? Any { get; set; }
}

public sealed class Names : IEnumerable<string>
{
    private readonly List<string> _names = ["a", "b"];

    public IEnumerator<string> GetEnumerator() => _names.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

public sealed class Connection : IDisposable
{
    public string Secret { get; } = "x";

    public void Dispose()
    {
    }
}

internal static class Deep
{
    public static string JsonArrays(int depth) => new string('[', depth) + new string(']', depth);

    public static string JsonObjects(int depth) =>
        string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth);

    public static List<object?> Lists(int depth)
    {
        var list = new List<object?>();
        for (var level = 1; level < depth; level++)
            list = [list];
        return list;
    }

    /// <summary>2^levels leaves out of a few dozen objects.</summary>
    public static List<object?> Doubling(int levels)
    {
        var list = new List<object?> { "leaf" };
        for (var level = 0; level < levels; level++)
            list = [list, list];
        return list;
    }
}

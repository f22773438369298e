using System.Collections.ObjectModel;
using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Engine.Values;

namespace Platform.Engine.Tests.Values;

/// <summary>Makes storable values of every kind. One seed makes the same values on every machine.</summary>
internal sealed class ValueGenerator(int seed)
{
    private const int DepthMax = 5;

    private static readonly string[] Names =
        ["a", "Name", "", "$t", "$", "\\$t", "\\\\$x", "\\", "v", "$id", "$ref", "$values", "é", "a b", "\"", "__proto__", "item.0", "\u2028", "😀"];

    private static readonly string[] Texts =
        ["", "x", "$t", "null", "1", "true", "{\"$t\":\"Int64\",\"v\":1}", "\0", "\n\t\\\"", "é😀", "\uD800", "a\uDC00b", "\uDC00\uD800", "\uFFFD", "<&'>", "2026-01-02"];

    private static readonly double[] Doubles =
        [0.0, -0.0, 1.0, 1.5, -1e300, 1e-320, double.MaxValue, double.MinValue, double.Epsilon, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 5e15, 1e16, 0.1];

    private readonly Random _random = new(seed);

    public object? Next() => Next(0);

    private object? Next(int depth) => _random.Next(depth >= DepthMax ? 12 : 24) switch
    {
        0 => null,
        1 => _random.Next(2) == 0,
        2 => Int(),
        3 => Text(),
        4 => Double(),
        5 => Long(),
        6 or 7 or 8 or 9 or 10 => Scalar(),
        11 => Json(),
        12 or 13 or 14 => Members(depth),
        15 or 16 or 17 => Items(depth),
        18 or 19 => ScalarCollection(),
        20 or 21 => Nested(depth),
        22 => new Address(Text(unicode: true), Int()),
        _ => Person(depth),
    };

    private object Scalar() => _random.Next(22) switch
    {
        0 => (sbyte)_random.Next(sbyte.MinValue, sbyte.MaxValue + 1),
        1 => (byte)_random.Next(256),
        2 => (short)_random.Next(short.MinValue, short.MaxValue + 1),
        3 => (ushort)_random.Next(ushort.MaxValue + 1),
        4 => (uint)_random.NextInt64(uint.MaxValue + 1L),
        5 => unchecked((ulong)_random.NextInt64(long.MinValue, long.MaxValue)),
        6 => Pick([(float)Double(), float.NaN, float.MaxValue, -0f]),
        7 => Decimal(),
        8 => (char)_random.Next(char.MaxValue + 1),
        9 => Guid(),
        10 => new DateTime(Ticks(), Pick([DateTimeKind.Utc, DateTimeKind.Unspecified])),
        11 => new DateTime(new DateTime(2026, 7, 1).Ticks + _random.Next(), DateTimeKind.Local),
        12 => Offset(),
        13 => DateOnly.FromDayNumber(_random.Next(DateOnly.MaxValue.DayNumber)),
        14 => new TimeOnly(_random.NextInt64(TimeOnly.MaxValue.Ticks)),
        15 => Span(),
        16 => new Uri(Pick(["https://example.com/ä?q=1#f", "/relative path", "urn:a:b", "mailto:x@y"]), UriKind.RelativeOrAbsolute),
        17 => new Version(1, _random.Next(10), _random.Next(10)),
        18 => Bytes(),
        19 => Pick([Colour.Red, Colour.Green, (Colour)_random.Next(100)]),
        20 => (Sides)_random.Next(4),
        _ => (System.Net.HttpStatusCode)_random.Next(100, 600),
    };

    private object Json()
    {
        var json = Pick(["{}", "[]", "1", "\"x\"", "1.10", "{\"$t\":\"Int64\",\"v\":[1,{\"a\":null}]}", "12345678901234567890123456789012345678901", "[1e400,true]"]);
        return _random.Next(2) == 0 ? JsonDocument.Parse(json).RootElement : JsonNode.Parse(json)!;
    }

    private Dictionary<string, object?> Members(int depth)
    {
        var members = new Dictionary<string, object?>();
        for (var count = _random.Next(6); count > 0; count--)
            members[Pick(Names)] = Next(depth + 1);
        return members;
    }

    private List<object?> Items(int depth) => [.. Enumerable.Range(0, _random.Next(6)).Select(_ => Next(depth + 1))];

    private object ScalarCollection() => _random.Next(20) switch
    {
        0 => Many(Int).ToArray(),
        1 => Many(Long).ToList(),
        2 => Many(Double).ToArray(),
        3 => Many(Decimal).ToList(),
        4 => Many(Guid).ToHashSet(),
        5 => Many(() => Text()).ToArray(),
        6 => Many(() => Text()).ToList(),
        7 => Many(Span).ToList(),
        8 => Many(Offset).ToArray(),
        9 => Many<int?>(() => _random.Next(3) == 0 ? null : Int()).ToList(),
        10 => Many<double?>(() => _random.Next(3) == 0 ? null : Double()).ToArray(),
        11 => Many(Bytes).ToArray(),
        12 => new Collection<int>(Many(Int).ToList()),
        13 => Many(() => _random.Next(2) == 0).ToList(),
        14 => Many(() => (Colour)_random.Next(7)).ToArray(),
        15 => Many(() => (char)_random.Next(char.MaxValue + 1)).ToArray(),
        16 => Many(() => Pick(Names)).Distinct().ToDictionary(name => name, _ => Text(unicode: true)),
        17 => Many(() => Pick(Names)).Distinct().ToDictionary(name => name, _ => Span()),
        18 => Many(Guid).Distinct().ToDictionary(id => id, _ => Int()),
        _ => Many(Int).Distinct().ToDictionary(id => id, _ => (string?)Text(unicode: true)),
    };

    private object Nested(int depth) => _random.Next(7) switch
    {
        0 => Many(() => Next(depth + 1)).ToArray(),
        1 => Many(() => Many(Int).ToList()).ToList(),
        2 => Many(() => new Address(Text(unicode: true), Int())).ToList(),
        3 => Many(() => Members(depth + 1)).ToArray(),
        4 => Many(() => Items(depth + 1)).ToList(),
        5 => Many(() => Pick(Names)).Distinct().ToDictionary(name => name, _ => Many(Double).ToList()),
        _ => Many(() => JsonDocument.Parse("[1]").RootElement).ToList(),
    };

    private Person Person(int depth) => new()
    {
        Name = Text(unicode: true),
        Age = Int(),
        Colour = Pick([Colour.Red, Colour.Green]),
        Shift = _random.Next(2) == 0 ? null : Span(),
        Extra = Next(depth + 2),
        Addresses = Many(() => new Address(Text(unicode: true), Int())).ToList(),
        Notes = Members(depth + 2),
    };

    private IEnumerable<T> Many<T>(Func<T> make) => Enumerable.Range(0, _random.Next(5)).Select(_ => make());

    private T Pick<T>(T[] choices) => choices[_random.Next(choices.Length)];

    private int Int() => Pick([0, 1, -1, 255, 256, int.MinValue, int.MaxValue, _random.Next()]);

    private long Long() => Pick([0L, 1L, int.MaxValue, int.MaxValue + 1L, int.MinValue - 1L, long.MinValue, long.MaxValue, _random.NextInt64()]);

    private double Double() => _random.Next(2) == 0
        ? Pick(Doubles)
        : BitConverter.Int64BitsToDouble(_random.NextInt64()) is var number && double.IsNaN(number) ? 1 : number;

    private decimal Decimal() =>
        Pick([0m, 0.00m, 1.10m, decimal.MaxValue, decimal.MinValue, 1e-28m, new decimal(_random.Next(), _random.Next(), _random.Next(), _random.Next(2) == 0, (byte)_random.Next(29))]);

    private Guid Guid()
    {
        var bytes = new byte[16];
        _random.NextBytes(bytes);
        return new Guid(bytes);
    }

    private byte[] Bytes()
    {
        var bytes = new byte[_random.Next(20)];
        _random.NextBytes(bytes);
        return bytes;
    }

    private TimeSpan Span() => Pick([TimeSpan.Zero, TimeSpan.MinValue, TimeSpan.MaxValue, TimeSpan.FromTicks(_random.NextInt64()), TimeSpan.FromSeconds(5)]);

    private DateTimeOffset Offset() =>
        new(new DateTime(2000, 1, 1).AddTicks(_random.NextInt64(TimeSpan.TicksPerDay * 10_000)), TimeSpan.FromMinutes(_random.Next(-14 * 60, (14 * 60) + 1)));

    private long Ticks() => Pick([DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks, _random.NextInt64(DateTime.MaxValue.Ticks)]);

    private string Text(bool unicode = false)
    {
        var text = Pick(Texts);
        return unicode && text.Any(char.IsSurrogate) && text != "é😀" ? "x" : text;
    }
}

/// <summary>Equality that sees every difference: types, signs of zero, trailing zeros, kinds of time, order.</summary>
internal static class Exactly
{
    public static void ShouldBeExactly(this object? actual, object? expected, string path = "value")
    {
        if (expected is null)
        {
            actual.ShouldBeNull(path);
            return;
        }

        actual.ShouldNotBeNull(path);
        if (expected is JsonNode node)
        {
            actual.ShouldBeAssignableTo<JsonNode>(path)!.ToJsonString().ShouldBe(node.ToJsonString(), path);
            return;
        }

        actual.GetType().ShouldBe(expected.GetType(), path);
        switch (expected)
        {
            case double number:
                BitConverter.DoubleToInt64Bits((double)actual).ShouldBe(BitConverter.DoubleToInt64Bits(number), path);
                break;
            case float number:
                BitConverter.SingleToInt32Bits((float)actual).ShouldBe(BitConverter.SingleToInt32Bits(number), path);
                break;
            case decimal number:
                decimal.GetBits((decimal)actual).ShouldBe(decimal.GetBits(number), path);
                break;
            case DateTime time:
                ((DateTime)actual).ToBinary().ShouldBe(time.ToBinary(), path);
                break;
            case DateTimeOffset time:
                ((DateTimeOffset)actual).EqualsExact(time).ShouldBeTrue(path);
                break;
            case JsonElement element:
                ((JsonElement)actual).GetRawText().ShouldBe(element.GetRawText(), path);
                break;
            case string text:
                string.Equals((string)actual, text, StringComparison.Ordinal).ShouldBeTrue(path);
                break;
            case System.Collections.IDictionary entries:
                ShouldHaveTheEntriesOf((System.Collections.IDictionary)actual, entries, path);
                break;
            case System.Collections.IEnumerable items:
                ShouldHaveTheItemsOf(((System.Collections.IEnumerable)actual).Cast<object?>().ToList(), items.Cast<object?>().ToList(), path);
                break;
            case Person person:
                ShouldHaveTheMembersOf((Person)actual, person, path);
                break;
            default:
                actual.ShouldBe(expected, path);
                break;
        }
    }

    private static void ShouldHaveTheEntriesOf(System.Collections.IDictionary actual, System.Collections.IDictionary expected, string path)
    {
        actual.Keys.Cast<object>().ShouldBe(expected.Keys.Cast<object>(), path);
        foreach (var key in expected.Keys)
            actual[key].ShouldBeExactly(expected[key], $"{path}.{key}");
    }

    private static void ShouldHaveTheItemsOf(List<object?> actual, List<object?> expected, string path)
    {
        actual.Count.ShouldBe(expected.Count, path);
        for (var index = 0; index < expected.Count; index++)
            actual[index].ShouldBeExactly(expected[index], $"{path}[{index}]");
    }

    private static void ShouldHaveTheMembersOf(Person actual, Person expected, string path)
    {
        actual.Name.ShouldBe(expected.Name, path);
        actual.Age.ShouldBe(expected.Age, path);
        actual.Colour.ShouldBe(expected.Colour, path);
        actual.Shift.ShouldBe(expected.Shift, path);
        actual.Addresses.ShouldBe(expected.Addresses, path);
        actual.Extra.ShouldBeExactly(expected.Extra, path + ".Extra");
        actual.Notes.ShouldBeExactly(expected.Notes, path + ".Notes");
    }
}

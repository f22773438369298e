using System.Globalization;
using System.Net;
using System.Text.Json;
using Platform.Engine.Values;

namespace Platform.Engine.Tests.Values;

public sealed class ValueConverterTests
{
    private static readonly Guid SomeGuid = new("0f8fad5b-d9cb-469f-a165-70867728950e");

    public static TheoryData<object?, Type, object?> Scalars => new()
    {
        { null, typeof(string), null },
        { null, typeof(int), 0 },
        { null, typeof(int?), null },
        { "abc", typeof(string), "abc" },
        { "abc", typeof(object), "abc" },
        { "{\"a\":1}", typeof(object), "{\"a\":1}" },
        { "True", typeof(bool), true },
        { " false ", typeof(bool), false },
        { "4", typeof(int), 4 },
        { " 4 ", typeof(int), 4 },
        { "-4", typeof(short), (short)-4 },
        { "4.0", typeof(int), 4 },
        { "1e3", typeof(int), 1000 },
        { "4", typeof(int?), 4 },
        { "", typeof(int?), null },
        { "", typeof(int), 0 },
        { "  ", typeof(TimeSpan), TimeSpan.Zero },
        { "", typeof(Uri), null },
        { "9223372036854775807", typeof(long), long.MaxValue },
        { "18446744073709551615", typeof(ulong), ulong.MaxValue },
        { "1.5", typeof(double), 1.5 },
        { "1.5", typeof(float), 1.5f },
        { "1.50", typeof(decimal), 1.50m },
        { "x", typeof(char), 'x' },
        { "OK", typeof(HttpStatusCode), HttpStatusCode.OK },
        { "ok", typeof(HttpStatusCode), HttpStatusCode.OK },
        { "200", typeof(HttpStatusCode), HttpStatusCode.OK },
        { 404, typeof(HttpStatusCode), HttpStatusCode.NotFound },
        { 404m, typeof(HttpStatusCode?), HttpStatusCode.NotFound },
        { "Left, Right", typeof(Sides), Sides.Left | Sides.Right },
        { Colour.Green, typeof(int), 5 },
        { Colour.Green, typeof(string), "Green" },
        { "00:00:05", typeof(TimeSpan), TimeSpan.FromSeconds(5) },
        { "1.02:00:00", typeof(TimeSpan), TimeSpan.FromHours(26) },
        { "PT5M", typeof(TimeSpan), TimeSpan.FromMinutes(5) },
        { "0f8fad5b-d9cb-469f-a165-70867728950e", typeof(Guid), SomeGuid },
        { "{0f8fad5b-d9cb-469f-a165-70867728950e}", typeof(Guid), SomeGuid },
        { SomeGuid, typeof(string), "0f8fad5b-d9cb-469f-a165-70867728950e" },
        { "https://example.com/a", typeof(Uri), new Uri("https://example.com/a") },
        { "/a/b", typeof(Uri), new Uri("/a/b", UriKind.Relative) },
        { "1.2.3", typeof(Version), new Version(1, 2, 3) },
        { "aGk=", typeof(byte[]), "hi"u8.ToArray() },
        { "", typeof(byte[]), Array.Empty<byte>() },
        { "hi"u8.ToArray(), typeof(string), "aGk=" },
        { 1, typeof(bool), true },
        { 0.0, typeof(bool), false },
        { true, typeof(int), 1 },
        { true, typeof(string), "True" },
        { 4.7, typeof(int), 5 },
        { 4.5m, typeof(int), 4 },
        { 4, typeof(double), 4.0 },
        { 4L, typeof(decimal), 4m },
        { 1.5, typeof(decimal), 1.5m },
        { 3, typeof(byte), (byte)3 },
        { (byte)3, typeof(long), 3L },
        { 1.5, typeof(string), "1.5" },
        { 1.50m, typeof(string), "1.50" },
        { TimeSpan.FromSeconds(5), typeof(string), "00:00:05" },
        { 'x', typeof(string), "x" },
    };

    [Theory]
    [MemberData(nameof(Scalars))]
    public void Convert_Scalar_GivesTheValueOfTheTarget(object? value, Type target, object? expected)
    {
        ValueConverter.TryConvert(value, target, out var strict).ShouldBeTrue();
        strict.ShouldBe(expected);
        ValueConverter.Convert(value, target).ShouldBe(expected);
        if (strict is not null)
            strict.ShouldBeAssignableTo(target);
    }

    public static TheoryData<object, Type, object?> Impossible => new()
    {
        { "abc", typeof(int), 0 },
        { "4.5", typeof(int), 0 },
        { "abc", typeof(int?), null },
        { "99999999999", typeof(int), 0 },
        { "1e999999999", typeof(long), 0L },
        { "-1", typeof(ulong), 0UL },
        { "yes", typeof(bool), false },
        { "xy", typeof(char), '\0' },
        { "Nope", typeof(HttpStatusCode), (HttpStatusCode)0 },
        { "abc", typeof(TimeSpan), TimeSpan.Zero },
        { "P-", typeof(TimeSpan), TimeSpan.Zero },
        { "P99999999999Y", typeof(TimeSpan), TimeSpan.Zero },
        { "abc", typeof(DateTime), default(DateTime) },
        { "abc", typeof(Guid), Guid.Empty },
        { "not base64!", typeof(byte[]), null },
        { "{broken", typeof(Person), null },
        { "{broken", typeof(Dictionary<string, object?>), null },
        { "text", typeof(Stream), null },
        { "text", typeof(Type), null },
        { "System.String", typeof(Type), null },
        { "text", typeof(Person), null },
        { "text", typeof(IDisposable), null },
        { "text", typeof(Action), null },
        { 1, typeof(Guid), Guid.Empty },
        { 1, typeof(DateTime), default(DateTime) },
        { 1, typeof(TimeSpan), TimeSpan.Zero },
        { 1, typeof(Person), null },
        { 1, typeof(int[]), null },
        { 300, typeof(byte), (byte)0 },
        { -1, typeof(uint), 0u },
        { long.MaxValue, typeof(int), 0 },
        { 9223372036854775808d, typeof(long), 0L },
        { double.NaN, typeof(int), 0 },
        { double.PositiveInfinity, typeof(long), 0L },
        { double.MaxValue, typeof(decimal), 0m },
        { double.NaN, typeof(decimal), 0m },
        { 1e300, typeof(float), 0f },
        { decimal.MaxValue, typeof(ulong), 0UL },
        { Guid.Empty, typeof(int), 0 },
        { new MemoryStream(), typeof(string), null },
        { new MemoryStream(), typeof(Person), null },
        { new Dictionary<string, object?>(), typeof(int), 0 },
        { new List<object?>(), typeof(Dictionary<string, object?>), null },
        { new List<object?> { 1 }, typeof(int), 0 },
    };

    [Theory]
    [MemberData(nameof(Impossible))]
    public void Convert_WithoutMeaning_GivesTheDefaultAndStrictThrows(object value, Type target, object? expected)
    {
        ValueConverter.Convert(value, target).ShouldBe(expected);
        ValueConverter.TryConvert(value, target, out var result).ShouldBeFalse();
        result.ShouldBeNull();
        Should.Throw<ValueConversionException>(() => ValueConverter.ConvertStrict(value, target)).TargetType.ShouldBe(target);
    }

    [Fact]
    public void ConvertStrict_Failure_NamesTheTypesAndNotTheValue()
    {
        var exception = Should.Throw<ValueConversionException>(() => ValueConverter.ConvertStrict("hunter2", typeof(int)));
        exception.Message.ShouldBe("A value of type String cannot be converted to Int32.");
    }

    public static TheoryData<string, string> Times => new()
    {
        { "2026-01-02T03:04:05Z", "2026-01-02T03:04:05.0000000+00:00" },
        { "2026-01-02T03:04:05", "2026-01-02T03:04:05.0000000+00:00" },
        { "2026-01-02T03:04:05.1234567+02:00", "2026-01-02T03:04:05.1234567+02:00" },
        { "2026-01-02", "2026-01-02T00:00:00.0000000+00:00" },
        { "1/2/2026 3:04:05 AM", "2026-01-02T03:04:05.0000000+00:00" },
        { "1/2/2026 3:04:05\u202FPM", "2026-01-02T15:04:05.0000000+00:00" },
        { "12/31/2026 11:59:59\u00A0PM", "2026-12-31T23:59:59.0000000+00:00" },
        { "2026-01-02 03:04:05", "2026-01-02T03:04:05.0000000+00:00" },
    };

    [Theory]
    [MemberData(nameof(Times))]
    public void Convert_TextOfATime_IsUtcUnlessItSaysOtherwise(string text, string expected)
    {
        var time = ValueConverter.Convert<DateTimeOffset>(text);
        time.ToString("O", CultureInfo.InvariantCulture).ShouldBe(expected);

        var utc = ValueConverter.Convert<DateTime>(text);
        utc.ShouldBe(time.UtcDateTime);
        utc.Kind.ShouldBe(DateTimeKind.Utc);
    }

    [Fact]
    public void Convert_BetweenTimes_KeepsTheInstant()
    {
        var offset = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(2));
        ValueConverter.Convert<DateTime>(offset).ShouldBe(new DateTime(2026, 1, 2, 1, 4, 5, DateTimeKind.Utc));
        ValueConverter.Convert<DateTimeOffset>(new DateTime(2026, 1, 2)).ShouldBe(new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero));
        ValueConverter.Convert<DateTimeOffset>(DateTime.MinValue).ShouldBe(DateTimeOffset.MinValue);
        ValueConverter.Convert<DateOnly>("2026-01-02T03:04:05Z").ShouldBe(new DateOnly(2026, 1, 2));
        ValueConverter.Convert<string>(offset).ShouldBe("2026-01-02T03:04:05.0000000+02:00");
    }

    [Theory]
    [InlineData("de-DE")]
    [InlineData("tr-TR")]
    [InlineData("ar-SA")]
    public void Convert_UnderAnotherCulture_IsTheSame(string culture)
    {
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
        try
        {
            ValueConverter.Convert<double>("1.5").ShouldBe(1.5);
            ValueConverter.Convert<string>(1.5).ShouldBe("1.5");
            ValueConverter.Convert<DateTime>("1/2/2026 3:04:05 AM").ShouldBe(new DateTime(2026, 1, 2, 3, 4, 5));
            ValueConverter.Convert<HttpStatusCode>("INTERNALSERVERERROR").ShouldBe(HttpStatusCode.InternalServerError);
            DynamicJson.ToText(new List<object?> { 1.5, -2 }).ShouldBe("[1.5,-2]");
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Convert_SameTypeOrBase_IsTheSameObject()
    {
        var list = new List<object?>();
        ValueConverter.Convert<List<object?>>(list).ShouldBeSameAs(list);
        ValueConverter.Convert<IEnumerable<object?>>(list).ShouldBeSameAs(list);
        ValueConverter.Convert<object>(list).ShouldBeSameAs(list);
        object element = JsonDocument.Parse("{}").RootElement;
        ValueConverter.Convert<object>(element).ShouldBeSameAs(element);
    }

    [Fact]
    public void Convert_SmallResults_AllocateNothing()
    {
        object text = "7", number = 7.0, flag = "True";
        Type toInt = typeof(int), toBool = typeof(bool), toText = typeof(string), toDouble = typeof(double);
        Convert();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 100; round++)
            Convert();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);

        void Convert()
        {
            ValueConverter.Convert(text, toInt);
            ValueConverter.Convert(number, toInt);
            ValueConverter.Convert(flag, toBool);
            ValueConverter.Convert(text, toText);
            ValueConverter.Convert(number, toDouble);
            ValueConverter.Convert(null, toInt);
        }
    }

    [Fact]
    public void Convert_AnyPairOfASample_NeverThrows()
    {
        object?[] values =
        [
            null, "", " ", "abc", "{", "[", "{}", "[]", "[1,\"2\",null]", "{\"a\":{\"b\":[1]}}", "1e400", "-0", true, 'c', (sbyte)-1, (byte)1, short.MinValue,
            ushort.MaxValue, int.MinValue, uint.MaxValue, long.MinValue, ulong.MaxValue, float.NaN, double.NegativeInfinity, decimal.MinValue, SomeGuid,
            DateTime.MaxValue, DateTimeOffset.MinValue, DateOnly.MaxValue, TimeOnly.MaxValue, TimeSpan.MinValue, new Uri("/x", UriKind.Relative),
            Colour.Green, (Colour)99, new byte[] { 1 }, new[] { 1, 2 }, new Dictionary<string, object?> { ["name"] = 1 }, new List<object?> { null, 1 },
            JsonDocument.Parse("[1]").RootElement, default(JsonElement), System.Text.Json.Nodes.JsonNode.Parse("{\"a\":1}"), new Person(), new Address("a", 1),
            new MemoryStream(), new InvalidOperationException("x"), typeof(string), (Action)(() => { }), new object(), new Names(), (1, "a"), Deep.Lists(100),
        ];
        var targets = values.Where(value => value is not null).Select(value => value!.GetType())
            .Concat([typeof(int?), typeof(Colour?), typeof(IList<int>), typeof(ISet<string>), typeof(IDictionary<string, int>), typeof(Dictionary<Guid, string>),
                typeof(HashSet<Guid?>), typeof(Queue<int>), typeof(IEnumerable<char>), typeof(System.Collections.IEnumerable), typeof(Link),
                typeof(System.Text.Json.Nodes.JsonArray), typeof(System.Text.Json.Nodes.JsonValue), typeof(System.Dynamic.ExpandoObject), typeof(IServiceProvider),
                typeof(int[,]), typeof(KeyValuePair<string, int>), typeof(System.Collections.Immutable.ImmutableArray<int>)])
            .Distinct();
        foreach (var target in targets)
        {
            foreach (var value in values)
            {
                var result = ValueConverter.Convert(value, target);
                if (result is not null)
                    result.ShouldBeAssignableTo(target);
                ValueConverter.TryConvert(value, target, out _);
            }
        }
    }
}

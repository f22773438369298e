using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Platform.Engine.Values;

/// <summary>
/// Stores values inside instance state and reads them again with their types. What scripts use most costs nothing: null,
/// truth values, texts, ints, doubles, dictionaries of text to value and lists of values are plain JSON. Everything else is
/// <c>{"$t":"alias","v":...}</c>, where the alias comes from <see cref="TypeAliases"/>; no .NET name is ever stored.
/// </summary>
/// <remarks>
/// <para>A plain number is an int when it fits, a long when it is whole but does not, and a double when it has a point or an
/// exponent. A member name that begins with <c>$</c> is stored with a backslash before it.</para>
/// <para>Kept: numbers of every width, Guid, dates and times (a local time as the same instant), Uri, bytes, enums, arrays,
/// lists, sets and dictionaries of known types, JSON, and objects of registered types through their public members. Not
/// kept: the type of an object or enum that is not registered (it becomes a dictionary or a text), how a dictionary compares
/// its keys, that one object was referred to twice, and of an exception all but its type, message and inner exception.</para>
/// <para>Safe for use by many threads.</para>
/// </remarks>
public sealed class ValueCodec
{
    /// <summary>
    /// How deep the JSON of one value may nest: 256, since a level of a value takes up to two. Whoever parses a document that
    /// contains stored values has to allow this much below the place where the value stands.
    /// </summary>
    public const int JsonDepthMax = 256;

    private readonly TypeAliases _aliases;
    private readonly int _bytesMax;
    private readonly ConcurrentDictionary<Type, string> _tags = new();

    /// <summary>Creates a codec.</summary>
    /// <param name="aliases">The types that keep their identity.</param>
    /// <param name="bytesMax">How many bytes of JSON one value may take. Default: <see cref="ValueLimits.BytesMax"/>.</param>
    public ValueCodec(TypeAliases aliases, int bytesMax = ValueLimits.BytesMax)
    {
        _aliases = aliases;
        _bytesMax = bytesMax;
        ObjectOptions = ValueJson.Create(new StoredConverter(this), JsonDepthMax);
    }

    /// <summary>How members of registered types are stored: by their declared type, and by this codec where that is object.</summary>
    internal JsonSerializerOptions ObjectOptions { get; }

    /// <summary>
    /// Whether a value can be stored: it and its parts are no handles such as streams, delegates or requests, and it does not
    /// nest too deep. Does not tell whether it is too large. Looks at the items of collections, but not into objects of
    /// registered types or into sequences that are computed while they are read.
    /// </summary>
    /// <param name="value">Any value.</param>
    public bool CanStore(object? value) => new StorableCheck(this).Passes(value, depth: 0);

    /// <summary>Writes a value.</summary>
    /// <param name="writer">Where to; its position decides whether that is a root, a member or an item.</param>
    /// <param name="value">Any value.</param>
    /// <exception cref="ValueNotStorableException">It contains a handle; part of it has been written.</exception>
    /// <exception cref="ValueTooDeepException">It nests too deep or contains itself; part of it has been written.</exception>
    /// <exception cref="ValueTooLargeException">It is too large; part of it has been written.</exception>
    public void Write(Utf8JsonWriter writer, object? value) => new CodecWriter(this, writer, _bytesMax).Write(value, depth: 0);

    /// <summary>Reads the value that a reader stands on, and leaves the reader on the value's last token.</summary>
    /// <param name="reader">A reader over complete JSON that was told to allow <see cref="JsonDepthMax"/>.</param>
    /// <exception cref="JsonException">It is not a stored value.</exception>
    /// <exception cref="UnknownTypeAliasException">It names a type that is not known here.</exception>
    /// <exception cref="ValueTooDeepException">It nests too deep.</exception>
    public object? Read(ref Utf8JsonReader reader) => new CodecReader(this).Read(ref reader, depth: 0);

    /// <summary>Reads a stored value; see <see cref="Read(ref Utf8JsonReader)"/>.</summary>
    /// <param name="element">The stored value. An undefined one reads as null.</param>
    public object? Read(JsonElement element) =>
        element.ValueKind == JsonValueKind.Undefined ? null : FromUtf8(JsonMarshal.GetRawUtf8Value(element));

    /// <summary>The stored form of a value by itself; see <see cref="Write"/>.</summary>
    /// <param name="value">Any value.</param>
    public byte[] ToUtf8(object? value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, ValueJson.WriterOptions))
            Write(writer, value);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The value of a stored form by itself; see <see cref="Read(ref Utf8JsonReader)"/>.</summary>
    /// <param name="utf8">One stored value.</param>
    public object? FromUtf8(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions
        {
            AllowTrailingCommas = true,
            CommentHandling = JsonCommentHandling.Skip,
            MaxDepth = JsonDepthMax,
        });
        if (!reader.Read())
            throw new JsonException("There is no stored value.");
        var value = Read(ref reader);
        return reader.Read() ? throw new JsonException("There is more than one stored value.") : value;
    }

    /// <summary>The tag of a type whose values keep their identity.</summary>
    /// <param name="type">Any type.</param>
    /// <param name="tag">The alias to write.</param>
    /// <returns>False when values of the type are stored by their content alone.</returns>
    internal bool TryGetTag(Type type, [NotNullWhen(true)] out string? tag)
    {
        // Found once per type, because it takes reading the alias back: a list of interfaces would come back as another type.
        var found = _tags.GetOrAdd(type, key =>
            _aliases.TryGetAlias(key, out var alias) && _aliases.TryGetType(alias, out var again) && again == key ? alias : "");
        tag = found.Length == 0 ? null : found;
        return tag is not null;
    }

    /// <summary>The type that a tag means.</summary>
    /// <param name="tag">The alias as it is stored.</param>
    /// <exception cref="UnknownTypeAliasException">There is none, or its values are never stored.</exception>
    internal Type GetType(string tag) =>
        _aliases.TryGetType(tag, out var type) && !OpaqueValues.Includes(type) ? type : throw new UnknownTypeAliasException(tag);

    /// <summary>Members of type object inside objects of registered types.</summary>
    private sealed class StoredConverter(ValueCodec codec) : JsonConverter<object>
    {
        // How many values are around this one is not known here; every one takes two levels at the most.
        private const int LevelsPerValue = 2;

        public override object? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new CodecReader(codec).Read(ref reader, reader.CurrentDepth / LevelsPerValue);

        public override void Write(Utf8JsonWriter writer, object value, JsonSerializerOptions options) =>
            new CodecWriter(codec, writer, codec._bytesMax).Write(value, writer.CurrentDepth / LevelsPerValue);
    }
}

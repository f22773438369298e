using System.Globalization;
using System.Text;
using System.Xml.Linq;
using Platform.Engine.Values;

namespace Platform.Server.Http;

/// <summary>Media types, and how values are written as them.</summary>
internal static class ContentTypes
{
    public const string Json = "application/json";
    public const string Text = "text/plain";
    public const string Binary = "application/octet-stream";
    private const string Form = "application/x-www-form-urlencoded";

    /// <summary>The media types that people can choose from.</summary>
    public static readonly string[] Common = ["", Text, "text/html", Json, "application/xml", Form, Binary];

    /// <summary>The media type without its parameters.</summary>
    /// <param name="contentType">A content type header; null for none.</param>
    public static ReadOnlySpan<char> MediaTypeOf(string? contentType)
    {
        var all = contentType.AsSpan();
        var end = all.IndexOf(';');
        return (end < 0 ? all : all[..end]).Trim();
    }

    public static bool IsJson(ReadOnlySpan<char> mediaType) =>
        Is(mediaType, Json) || Is(mediaType, "text/json") || mediaType.EndsWith("+json", StringComparison.OrdinalIgnoreCase);

    public static bool IsXml(ReadOnlySpan<char> mediaType) =>
        Is(mediaType, "application/xml") || Is(mediaType, "text/xml") || mediaType.EndsWith("+xml", StringComparison.OrdinalIgnoreCase);

    public static bool IsText(ReadOnlySpan<char> mediaType) => mediaType.StartsWith("text/", StringComparison.OrdinalIgnoreCase) || IsXml(mediaType);

    public static bool IsForm(ReadOnlySpan<char> mediaType) => Is(mediaType, Form) || Is(mediaType, "multipart/form-data");

    /// <summary>Writes a value: bytes and texts as they are, anything else in the form that the media type asks for.</summary>
    /// <param name="content">Any value.</param>
    /// <param name="contentType">Media type wanted; null or blank for the one that suits the value.</param>
    /// <param name="limit">Most bytes of a stream.</param>
    /// <param name="cancellationToken">Ends the reading of a stream.</param>
    public static async ValueTask<(ReadOnlyMemory<byte> Body, string? ContentType)> WriteAsync(
        object? content,
        string? contentType,
        ByteLimit limit,
        CancellationToken cancellationToken)
    {
        var wanted = string.IsNullOrWhiteSpace(contentType) ? null : contentType;
        switch (content)
        {
            case null:
                return (default, wanted);
            case HttpFile file:
                return (await ReadAsync(file.Stream, limit, cancellationToken), wanted ?? file.ContentType ?? Binary);
            case Stream stream:
                return (await ReadAsync(stream, limit, cancellationToken), wanted ?? Binary);
            default:
                return Write(content, wanted);
        }
    }

    private static (ReadOnlyMemory<byte> Body, string ContentType) Write(object content, string? contentType)
    {
        switch (content)
        {
            case byte[] bytes:
                return (bytes, contentType ?? Binary);
            case string text:
                return (Encoding.UTF8.GetBytes(text), contentType ?? Text);
        }

        var mediaType = MediaTypeOf(contentType);
        if (Is(mediaType, Form))
            return (Encoding.UTF8.GetBytes(ToForm(content)), contentType!);
        if (IsXml(mediaType))
            return (Encoding.UTF8.GetBytes(ToXml("root", DynamicJson.Parse(DynamicJson.ToUtf8(content))).ToString()), contentType!);
        if (IsText(mediaType))
            return (Encoding.UTF8.GetBytes(ValueConverter.Convert<string>(content) ?? ""), contentType!);
        return (DynamicJson.ToUtf8(content), contentType ?? Json);
    }

    private static bool Is(ReadOnlySpan<char> mediaType, string expected) => mediaType.Equals(expected, StringComparison.OrdinalIgnoreCase);

    private static string ToForm(object content)
    {
        var fields = ValueConverter.Convert<Dictionary<string, object?>>(content) ?? throw new InvalidOperationException(
            $"A value of the type {content.GetType().Name} cannot be written as a form. Give an object with one member per field.");
        return string.Join('&', fields.Select(field =>
            $"{Uri.EscapeDataString(field.Key)}={Uri.EscapeDataString(ValueConverter.Convert<string>(field.Value) ?? "")}"));
    }

    private static XElement ToXml(string name, object? value)
    {
        var element = new XElement(System.Xml.XmlConvert.EncodeLocalName(name) ?? "item");
        switch (value)
        {
            case Dictionary<string, object?> members:
                foreach (var (member, inner) in members)
                    element.Add(ToXml(member, inner));
                break;
            case List<object?> items:
                foreach (var item in items)
                    element.Add(ToXml("item", item));
                break;
            case not null:
                element.Value = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
                break;
        }

        return element;
    }

    /// <summary>Reads a whole stream from its beginning.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="limit">Most bytes; they are not taken from it.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(Stream stream, ByteLimit limit, CancellationToken cancellationToken)
    {
        if (stream.CanSeek)
            stream.Position = 0;
        var copy = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (await stream.ReadAsync(buffer, cancellationToken) is var read and > 0)
        {
            limit.Check(copy.Length + read);
            copy.Write(buffer, 0, read);
        }

        return copy.GetBuffer().AsMemory(0, (int)copy.Length);
    }
}

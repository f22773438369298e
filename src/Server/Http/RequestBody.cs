using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Platform.Engine.Values;

namespace Platform.Server.Http;

/// <summary>Reads request bodies: measured while they are read, whatever length they declare.</summary>
internal static class RequestBody
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads and parses a body that is not a form.</summary>
    /// <param name="request">The request.</param>
    /// <param name="bytesMax">Most bytes.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <returns>JSON as a dynamic value, text and XML as a string, anything else as a file; null for an empty body.</returns>
    /// <exception cref="BodyTooLargeException">The body is larger.</exception>
    /// <exception cref="System.Text.Json.JsonException">The body should be JSON and is not.</exception>
    public static async ValueTask<object?> ReadAsync(HttpRequest request, long bytesMax, CancellationToken cancellationToken)
    {
        var body = await ReadBytesAsync(request, bytesMax, cancellationToken);
        if (body.WrittenCount == 0)
            return null;
        var mediaType = ContentTypes.MediaTypeOf(request.ContentType);
        if (ContentTypes.IsJson(mediaType))
            return DynamicJson.Parse(body.WrittenSpan);
        if (ContentTypes.IsText(mediaType))
            return EncodingOf(request.ContentType).GetString(body.WrittenSpan);
        return new HttpFile(new MemoryStream(body.WrittenSpan.ToArray(), writable: false), null, request.ContentType, null);
    }

    /// <summary>Reads a body whole and puts it back, so that it can be read once more.</summary>
    /// <param name="request">The request.</param>
    /// <param name="bytesMax">Most bytes.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <exception cref="BodyTooLargeException">The body is larger.</exception>
    public static async ValueTask<byte[]> BufferAsync(HttpRequest request, long bytesMax, CancellationToken cancellationToken)
    {
        var bytes = (await ReadBytesAsync(request, bytesMax, cancellationToken)).WrittenSpan.ToArray();
        request.Body = new MemoryStream(bytes, writable: false);
        return bytes;
    }

    /// <summary>Reads a form, with its files.</summary>
    /// <param name="request">The request.</param>
    /// <param name="bytesMax">Most bytes of the whole body.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <exception cref="BodyTooLargeException">The body is larger.</exception>
    public static async ValueTask<IFormCollection> ReadFormAsync(HttpRequest request, long bytesMax, CancellationToken cancellationToken)
    {
        LiftServerLimit(request, bytesMax);
        request.Body = new MeasuredStream(request.Body, bytesMax);
        return await request.ReadFormAsync(new FormOptions { MultipartBodyLengthLimit = bytesMax }, cancellationToken);
    }

    /// <summary>The fields of a form: one value as text, several as a list of texts.</summary>
    /// <param name="form">The form.</param>
    public static Dictionary<string, object?> FieldsOf(IFormCollection form) => form.ToDictionary(field => field.Key, field => Single(field.Value), StringComparer.Ordinal);

    /// <summary>One value as text, several as an array of texts.</summary>
    /// <param name="values">The values.</param>
    public static object? Single(Microsoft.Extensions.Primitives.StringValues values) => values.Count == 1 ? values[0] : values.ToArray();

    private static async ValueTask<ArrayBufferWriter<byte>> ReadBytesAsync(HttpRequest request, long bytesMax, CancellationToken cancellationToken)
    {
        if (request.ContentLength > bytesMax)
            throw new BodyTooLargeException(bytesMax);
        LiftServerLimit(request, bytesMax);
        var body = new ArrayBufferWriter<byte>((int)Math.Clamp(request.ContentLength ?? 256, 1, 64 * 1024));
        var reader = request.BodyReader;
        while (true)
        {
            var result = await reader.ReadAsync(cancellationToken);
            var fits = body.WrittenCount + result.Buffer.Length <= bytesMax;
            if (fits)
            {
                foreach (var segment in result.Buffer)
                    body.Write(segment.Span);
            }

            // Also what is refused: a read that is not finished ends the connection, and the next request on it fails.
            reader.AdvanceTo(result.Buffer.End);
            if (!fits)
                throw new BodyTooLargeException(bytesMax);
            if (result.IsCompleted)
                return body;
        }
    }

    /// <summary>The endpoint's own limit counts, also when it is higher than the server's.</summary>
    private static void LiftServerLimit(HttpRequest request, long bytesMax)
    {
        var limit = request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>();
        if (limit is { IsReadOnly: false, MaxRequestBodySize: { } server } && server < bytesMax)
            limit.MaxRequestBodySize = bytesMax;
    }

    private static Encoding EncodingOf(string? contentType)
    {
        if (!MediaTypeHeaderValue.TryParse(contentType, out var parsed) || parsed.Charset.Length == 0)
            return Encoding.UTF8;
        return parsed.Encoding ?? StrictUtf8;
    }

    /// <summary>A request body that fails when more than the allowed bytes were read.</summary>
    private sealed class MeasuredStream(Stream inner, long bytesMax) : Stream
    {
        private long _read;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => _read; set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Count(await inner.ReadAsync(buffer, cancellationToken));

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => Count(inner.Read(buffer, offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        private int Count(int read)
        {
            _read += read;
            return _read <= bytesMax ? read : throw new BodyTooLargeException(bytesMax);
        }
    }
}

/// <summary>A request body is larger than its endpoint allows.</summary>
/// <param name="bytesMax">The limit.</param>
internal sealed class BodyTooLargeException(long bytesMax) : Exception($"The maximum request size allowed is {bytesMax} bytes.");

using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace Platform.Server.Http;

/// <summary>Answers with a file of which callers may ask for a part: entity tags, conditions and ranges as RFC 9110 says.</summary>
internal static class ByteRanges
{
    /// <summary>A tag in the form of the header.</summary>
    /// <param name="tag">A tag with or without its quotes.</param>
    /// <exception cref="InvalidOperationException">It cannot be sent.</exception>
    public static EntityTagHeaderValue TagOf(string tag)
    {
        var quoted = tag.StartsWith('"') || tag.StartsWith("W/", StringComparison.Ordinal) ? tag : $"\"{tag}\"";
        return EntityTagHeaderValue.TryParse(quoted, out var parsed) ? parsed : throw new InvalidOperationException(
            $"'{tag}' cannot be an entity tag. Use letters, digits and punctuation without quotes.");
    }

    /// <summary>A tag that changes with the content.</summary>
    /// <param name="content">The content.</param>
    public static EntityTagHeaderValue TagOf(ReadOnlyMemory<byte> content) => new($"\"{Convert.ToHexStringLower(SHA256.HashData(content.Span).AsSpan(0, 16))}\"");

    /// <summary>The answer to a request for the file: all of it, the part that was asked for, or that nothing changed.</summary>
    /// <param name="request">The request.</param>
    /// <param name="content">The whole file.</param>
    /// <param name="contentType">Its media type.</param>
    /// <param name="tag">Its entity tag.</param>
    /// <param name="headers">Further headers; changed.</param>
    public static WorkflowHttpResponse Answer(HttpRequest request, ReadOnlyMemory<byte> content, string contentType, EntityTagHeaderValue tag, HttpHeaders headers)
    {
        headers[HeaderNames.ETag] = [tag.ToString()];
        headers[HeaderNames.AcceptRanges] = ["bytes"];
        var isRead = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        var asked = request.GetTypedHeaders();
        if (asked.IfMatch is { Count: > 0 } wanted && !wanted.Any(other => other.Equals(EntityTagHeaderValue.Any) || other.Compare(tag, useStrongComparison: true)))
            return new WorkflowHttpResponse(StatusCodes.Status412PreconditionFailed, null, default, headers);
        if (isRead && asked.IfNoneMatch.Any(known => known.Equals(EntityTagHeaderValue.Any) || known.Compare(tag, useStrongComparison: false)))
            return new WorkflowHttpResponse(StatusCodes.Status304NotModified, null, default, headers);
        // Without knowing what the caller has, a part could be a part of something else. Several parts are answered with the whole.
        var isSame = asked.IfRange is not { } condition || (condition.EntityTag?.Compare(tag, useStrongComparison: true) ?? false);
        if (!isRead || !isSame || asked.Range is not { Ranges: { Count: 1 } ranges } range || !range.Unit.Equals("bytes", StringComparison.OrdinalIgnoreCase))
            return new WorkflowHttpResponse(StatusCodes.Status200OK, contentType, content, headers);
        if (Resolve(ranges.Single(), content.Length) is not var (from, to))
        {
            headers[HeaderNames.ContentRange] = [string.Create(CultureInfo.InvariantCulture, $"bytes */{content.Length}")];
            return new WorkflowHttpResponse(StatusCodes.Status416RangeNotSatisfiable, null, default, headers);
        }

        headers[HeaderNames.ContentRange] = [string.Create(CultureInfo.InvariantCulture, $"bytes {from}-{to}/{content.Length}")];
        return new WorkflowHttpResponse(StatusCodes.Status206PartialContent, contentType, content[from..(to + 1)], headers);
    }

    /// <summary>First and last position of a range in a file of that length; null when the file has none of it.</summary>
    private static (int From, int To)? Resolve(RangeItemHeaderValue range, int length)
    {
        if (range.From is { } from)
            return from < length ? ((int)from, (int)Math.Min(range.To ?? long.MaxValue, length - 1)) : null;
        return range.To is > 0 and var last && length > 0 ? ((int)Math.Max(0, length - last), length - 1) : null;
    }
}

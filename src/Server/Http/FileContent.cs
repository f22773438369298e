using System.Collections;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.StaticFiles;
using Platform.Engine;
using Platform.Engine.Values;

namespace Platform.Server.Http;

/// <summary>A file in memory, ready to be sent.</summary>
/// <param name="Bytes">Its content.</param>
/// <param name="Name">Its name; null when it has none.</param>
/// <param name="ContentType">Its media type; null when it is not known.</param>
/// <param name="EntityTag">Its entity tag as it was given; null for none.</param>
internal sealed record FileContent(ReadOnlyMemory<byte> Bytes, string? Name, string? ContentType, string? EntityTag)
{
    private const string DefaultName = "file.bin";
    private static readonly FileExtensionContentTypeProvider Types = new();

    /// <summary>A moment that is the same for every archive, so that the same files make the same bytes. The first that archives can hold.</summary>
    private static readonly DateTimeOffset ArchiveTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Reads whatever an author gives as files: one, a list of them, or nothing.</summary>
    /// <param name="context">The execution that sends them.</param>
    /// <param name="content">Bytes, a stream, a text, an address, a file of a request or response, or a list of these.</param>
    /// <param name="limit">Most bytes of all files together, and the option that says so.</param>
    /// <exception cref="InvalidOperationException">It is something else, or too large.</exception>
    public static async ValueTask<List<FileContent>> ReadAllAsync(ActivityExecutionContext context, object? content, ByteLimit limit)
    {
        var files = new List<FileContent>();
        var items = content is IEnumerable list and not (string or byte[] or IDictionary or IDictionary<string, object?>) ? list.Cast<object?>() : [content];
        foreach (var item in items)
        {
            if (item is null)
                continue;
            var file = await ReadAsync(context, item, limit);
            limit.Take(file.Bytes.Length);
            files.Add(file);
        }

        return files;
    }

    /// <summary>One archive of several files. The same files make the same bytes.</summary>
    /// <param name="files">The files; those of the same name are numbered.</param>
    /// <param name="name">Name of the archive, or null.</param>
    public static FileContent Zip(IReadOnlyList<FileContent> files, string? name)
    {
        using var buffer = new MemoryStream();
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        using (var archive = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var file in files)
            {
                var entry = archive.CreateEntry(FreeName(file.Name ?? DefaultName, names));
                entry.LastWriteTime = ArchiveTime;
                using var stream = entry.Open();
                stream.Write(file.Bytes.Span);
            }
        }

        return new FileContent(buffer.ToArray(), string.IsNullOrWhiteSpace(name) ? "download.zip" : name, "application/zip", null);
    }

    /// <summary>The last part of what may be a path, without characters that names cannot have.</summary>
    /// <param name="name">A name that somebody else chose.</param>
    public static string PlainName(string name)
    {
        var last = name[(name.LastIndexOfAny(['/', '\\']) + 1)..];
        var plain = string.Concat(last.Where(character => !char.IsControl(character) && !"<>:\"|?*".Contains(character))).Trim();
        return plain is "." or ".." ? "" : plain;
    }

    /// <summary>The name to offer: the one that the author gave, or the file's.</summary>
    public string NameOr(string? given) => PlainName(string.IsNullOrWhiteSpace(given) ? Name ?? "" : given) is { Length: > 0 } name ? name : DefaultName;

    /// <summary>The media type: the one that the author gave, the file's, or the one that its name suggests.</summary>
    public string ContentTypeOr(string? given, string name)
    {
        if (!string.IsNullOrWhiteSpace(given))
            return given;
        if (!string.IsNullOrWhiteSpace(ContentType))
            return ContentType;
        return Types.TryGetContentType(name, out var known) ? known : ContentTypes.Binary;
    }

    private static async ValueTask<FileContent> ReadAsync(ActivityExecutionContext context, object item, ByteLimit limit)
    {
        switch (item)
        {
            case byte[] bytes:
                return new FileContent(bytes, null, null, null);
            case Stream stream:
                return new FileContent(await ContentTypes.ReadAsync(stream, limit, context.CancellationToken), null, null, null);
            case HttpFile file:
                return new FileContent(await ContentTypes.ReadAsync(file.Stream, limit, context.CancellationToken), file.Filename, file.ContentType, file.ETag);
            case IFormFile upload:
                await using (var stream = upload.OpenReadStream())
                    return new FileContent(await ContentTypes.ReadAsync(stream, limit, context.CancellationToken), PlainName(upload.FileName), upload.ContentType, null);
            case Uri url:
                return await DownloadAsync(context, url);
            case string text when IsAddress(text):
                return await DownloadAsync(context, new Uri(text));
            case string text:
                return new FileContent(Encoding.UTF8.GetBytes(text), "file.txt", ContentTypes.Text, null);
            case IDictionary or IDictionary<string, object?> or JsonElement:
                return new FileContent(DynamicJson.ToUtf8(item), "file.json", ContentTypes.Json, null);
            default:
                throw new InvalidOperationException(
                    $"A value of the type {item.GetType().Name} cannot be sent as a file. Give bytes, a stream, a text, an object, an address, a file of a request or download, or a list of these.");
        }
    }

    /// <summary>Whether a text is an address to fetch a file from rather than the file itself.</summary>
    /// <param name="text">A text.</param>
    public static bool IsAddress(string text) =>
        text.StartsWith("http", StringComparison.OrdinalIgnoreCase) && !text.AsSpan().ContainsAny(" \t\r\n")
        && Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps);

    /// <summary>A file behind an address; through the same guard as every other outgoing request.</summary>
    private static async ValueTask<FileContent> DownloadAsync(ActivityExecutionContext context, Uri url)
    {
        try
        {
            using var request = await new OutgoingRequest(url, null).ToMessageAsync(context.CancellationToken);
            using var response = await context.GetRequiredService<OutgoingHttp>().SendAsync(request, context.CancellationToken);
            if (!response.IsSuccessStatusCode)
                throw new InvalidOperationException($"The file {url.GetLeftPart(UriPartial.Path)} could not be fetched: the answer was {(int)response.StatusCode}.");
            var bytes = await response.Content.ReadAsByteArrayAsync(context.CancellationToken);
            return new FileContent(bytes, PlainName(Uri.UnescapeDataString(url.Segments[^1])), response.Content.Headers.ContentType?.MediaType, response.Headers.ETag?.Tag);
        }
        catch (AddressBlockedException exception)
        {
            throw OutgoingRequest.Blocked(context, exception);
        }
    }

    private static string FreeName(string name, HashSet<string> names)
    {
        var plain = PlainName(name) is { Length: > 0 } usable ? usable : DefaultName;
        var free = plain;
        for (var number = 1; !names.Add(free); number++)
            free = $"{Path.GetFileNameWithoutExtension(plain)} ({number}){Path.GetExtension(plain)}";
        return free;
    }
}

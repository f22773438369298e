using System.IO.Compression;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Features;

namespace Platform.Server.Elsa;

/// <summary>Reads uploaded JSON files, also out of zip archives, within the limits of request bodies.</summary>
internal static class UploadedFiles
{
    private const int FilesMax = 1_000;
    private const int EntriesMax = 10_000;

    /// <summary>Workflows pack well, so an honest archive may be larger than a body when unpacked.</summary>
    private const int UnpackedFactor = 4;

    /// <summary>The JSON objects of a multipart upload by file name, or why it is refused.</summary>
    public static async ValueTask<(IReadOnlyList<(string Name, JsonObject Node)> Files, IResult? Refusal)> ReadAsync(HttpContext context)
    {
        var options = context.RequestServices.GetRequiredService<ElsaApiOptions>();
        if (!context.Request.HasFormContentType)
            return ([], Problems.Invalid("WF4003", "$", "Upload files as multipart/form-data."));
        if (context.Request.ContentLength > options.BodyBytesMax)
            return ([], TooLarge(options));
        IFormCollection form;
        try
        {
            form = await context.Request.ReadFormAsync(new FormOptions { MultipartBodyLengthLimit = options.BodyBytesMax }, context.RequestAborted);
        }
        catch (Exception exception) when (exception is InvalidDataException or (IOException and not BadHttpRequestException))
        {
            return ([], Problems.Invalid("WF4003", "$", $"The upload is not multipart/form-data that can be read: {exception.Message}"));
        }

        var files = new List<(string, JsonObject)>();
        var budget = new Budget(options);
        foreach (var file in form.Files)
        {
            await using var stream = file.OpenReadStream();
            if (await ReadFileAsync(file.FileName, stream, files, budget, context.RequestAborted) is { } refusal)
                return ([], refusal);
        }

        return files.Count == 0 ? ([], Problems.Invalid("WF4003", "$", "The upload holds no JSON file.")) : (files, null);
    }

    private static async ValueTask<IResult?> ReadFileAsync(
        string name, Stream stream, List<(string Name, JsonObject Node)> files, Budget budget, CancellationToken cancellationToken)
    {
        if (!IsZip(name))
            return await AddAsync(name, stream, files, budget, cancellationToken);
        try
        {
            using var archive = new ZipArchive(stream, ZipArchiveMode.Read);
            if (archive.Entries.Count > EntriesMax)
                return Refuse("WF4701", name, $"The archive has more than {EntriesMax} entries. Pack only workflows into it.");
            foreach (var entry in archive.Entries)
            {
                // Only the last part of a name is used, as a label: an archive cannot name a place to write to.
                if (IsZip(entry.Name))
                    return Refuse("WF4701", $"{name}: {entry.Name}", "An archive within an archive is not read. Unpack it first.");
                if (!entry.Name.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
                    continue;
                await using var content = await entry.OpenAsync(cancellationToken);
                if (await AddAsync($"{name}: {entry.Name}", content, files, budget, cancellationToken) is { } refusal)
                    return refusal;
            }
        }
        // What the reader of archives throws for damaged ones depends on where the damage is.
        catch (Exception exception) when (exception is InvalidDataException or IOException or NotSupportedException or ArgumentException or OverflowException)
        {
            return Problems.Invalid("WF4003", name, "The file is not a zip archive that can be read: it is damaged, encrypted or packed in an unusual way.");
        }

        return null;
    }

    private static async ValueTask<IResult?> AddAsync(
        string name, Stream stream, List<(string Name, JsonObject Node)> files, Budget budget, CancellationToken cancellationToken)
    {
        if (files.Count >= FilesMax)
            return Refuse("WF4701", name, $"The upload holds more than {FilesMax} files. Import them in several uploads.");
        using var buffer = new MemoryStream();
        var chunk = new byte[16_384];
        int read;
        while ((read = await stream.ReadAsync(chunk, cancellationToken)) > 0)
        {
            // What an archive says about the size of its entries is not to be trusted: what comes out of it is counted.
            if (!budget.TryTake(read) || buffer.Length + read > budget.Options.BodyBytesMax)
                return TooLarge(budget.Options);
            buffer.Write(chunk, 0, read);
        }

        var content = buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
        if (content.Span.StartsWith("\uFEFF"u8))
            content = content[3..];
        var (node, why) = RequestBody.Parse(content, budget.Options.JsonDepthMax);
        if (node is not JsonObject document)
            return Problems.Invalid("WF4003", name, why ?? "The file is not a JSON object.");
        files.Add((name, document));
        return null;
    }

    private static bool IsZip(string name) => name.EndsWith(".zip", StringComparison.OrdinalIgnoreCase);

    private static IResult Refuse(string code, string path, string message) => Problems.Invalid(code, path, message);

    private static IResult TooLarge(ElsaApiOptions options) => Problems.Status(
        StatusCodes.Status413PayloadTooLarge, "WF4001", $"The upload is larger than {options.BodyBytesMax / 1_048_576.0:0.#} MiB, or holds more than {UnpackedFactor} times that when it is unpacked.");

    /// <summary>Bytes that all files of one upload may have together, unpacked: a small archive may hold gigabytes of zeros.</summary>
    private sealed class Budget(ElsaApiOptions options)
    {
        private long _left = (long)options.BodyBytesMax * UnpackedFactor;

        public ElsaApiOptions Options => options;

        public bool TryTake(int bytes) => (_left -= bytes) >= 0;
    }
}

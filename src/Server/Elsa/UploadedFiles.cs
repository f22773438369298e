using System.IO.Compression;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Features;

namespace Platform.Server.Elsa;

/// <summary>Reads uploaded JSON files, also out of zip archives, within the limits of request bodies.</summary>
internal static class UploadedFiles
{
    private const int FilesMax = 1_000;

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
        catch (InvalidDataException exception)
        {
            return ([], Problems.Invalid("WF4003", "$", exception.Message));
        }

        var files = new List<(string, JsonObject)>();
        var budget = (long)options.BodyBytesMax * 4;
        foreach (var file in form.Files)
        {
            await using var stream = file.OpenReadStream();
            if (await ReadFileAsync(file.FileName, stream, files, options, budget, context.RequestAborted) is { } refusal)
                return ([], refusal);
        }

        return files.Count == 0 ? ([], Problems.Invalid("WF4003", "$", "The upload holds no JSON file.")) : (files, null);
    }

    private static async ValueTask<IResult?> ReadFileAsync(
        string name, Stream stream, List<(string Name, JsonObject Node)> files, ElsaApiOptions options, long budget, CancellationToken cancellationToken)
    {
        if (!name.EndsWith(".zip", StringComparison.OrdinalIgnoreCase))
            return await AddAsync(name, stream, files, options, cancellationToken);
        try
        {
            using var archive = new ZipArchive(stream, ZipArchiveMode.Read);
            foreach (var entry in archive.Entries.Where(entry => entry.Name.EndsWith(".json", StringComparison.OrdinalIgnoreCase)))
            {
                if ((budget -= entry.Length) < 0 || files.Count >= FilesMax)
                    return TooLarge(options);
                await using var content = await entry.OpenAsync(cancellationToken);
                if (await AddAsync(entry.Name, content, files, options, cancellationToken) is { } refusal)
                    return refusal;
            }
        }
        catch (InvalidDataException)
        {
            return Problems.Invalid("WF4003", name, "The file is not a zip archive.");
        }

        return null;
    }

    private static async ValueTask<IResult?> AddAsync(
        string name, Stream stream, List<(string Name, JsonObject Node)> files, ElsaApiOptions options, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        var chunk = new byte[16_384];
        int read;
        while ((read = await stream.ReadAsync(chunk, cancellationToken)) > 0)
        {
            // What an archive says about the size of its entries is not to be trusted.
            if (buffer.Length + read > options.BodyBytesMax)
                return TooLarge(options);
            buffer.Write(chunk, 0, read);
        }

        var content = buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
        if (content.Span.StartsWith("\uFEFF"u8))
            content = content[3..];
        var (node, why) = RequestBody.Parse(content, options.JsonDepthMax);
        if (node is not JsonObject document)
            return Problems.Invalid("WF4003", name, why ?? "The file is not a JSON object.");
        files.Add((name, document));
        return null;
    }

    private static IResult TooLarge(ElsaApiOptions options) => Problems.Status(
        StatusCodes.Status413PayloadTooLarge, "WF4001", $"The upload is larger than {options.BodyBytesMax / 1_048_576.0:0.#} MiB.");
}

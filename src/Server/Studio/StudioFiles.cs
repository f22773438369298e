using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.StaticFiles;

namespace Platform.Server.Studio;

/// <summary>
/// The files of the web UI, listed once from the folder that the build laid beside the server. A request names a key of
/// that list, never a path, so nothing outside the folder can be reached.
/// </summary>
sealed partial class StudioFiles
{
    readonly FrozenDictionary<string, StudioFile> files;
    readonly ConcurrentDictionary<string, (long Stamp, string Tag)> tags = new();
    readonly ConcurrentDictionary<string, (string Tag, byte[] Content)> compressed = new(StringComparer.Ordinal);

    const int CompressedFrom = 512;
    const int CompressedUpTo = 2 * 1024 * 1024;

    /// <summary>Lists <paramref name="directory"/>; a folder that is not there gives an empty list.</summary>
    public StudioFiles(string directory)
    {
        Root = directory;
        files = List(directory).ToFrozenDictionary(file => file.Path, StringComparer.Ordinal);
    }

    /// <summary>The folder that was listed.</summary>
    public string Root { get; }

    /// <summary>Whether the build has laid the web UI there.</summary>
    public bool Present => files.ContainsKey("index.html");

    /// <summary>The file at a slash-separated path relative to the folder, or null.</summary>
    public StudioFile? Find(string path) => files.GetValueOrDefault(path);

    /// <summary>A module and all that it imports by <c>import</c> statements, directly or through others; each once.</summary>
    public IReadOnlyCollection<string> ImportedBy(string module)
    {
        var found = new List<string> { module };
        for (var i = 0; i < found.Count; i++)
        {
            if (Find(found[i]) is not { } file) continue;
            var imported = Import().Matches(File.ReadAllText(file.FullName)).Select(match => new Uri(new Uri("file:///" + file.Path), match.Groups["path"].Value).AbsolutePath[1..]);
            found.AddRange(imported.Where(path => files.ContainsKey(path)).Distinct(StringComparer.Ordinal).Except(found, StringComparer.Ordinal).ToList());
        }

        return found;
    }

    /// <summary>
    /// A strong entity tag of the file's content. It is remembered until the file's time or length changes, so that
    /// a page edited during development is seen without a restart.
    /// </summary>
    public string TagOf(FileInfo file)
    {
        var stamp = file.LastWriteTimeUtc.Ticks ^ file.Length;
        if (tags.TryGetValue(file.FullName, out var known) && known.Stamp == stamp) return known.Tag;
        using var content = file.OpenRead();
        var tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 12))}\"";
        tags[file.FullName] = (stamp, tag);
        return tag;
    }

    /// <summary>
    /// The content of a text file that brings no compressed sibling, compressed once for each state of the file; null when that is
    /// not worth it.
    /// </summary>
    public byte[]? BrotliOf(StudioFile file, FileInfo info)
    {
        if (file.Brotli is not null || info.Length is < CompressedFrom or > CompressedUpTo || !IsText(file.ContentType)) return null;
        var tag = TagOf(info);
        if (compressed.TryGetValue(file.Path, out var known) && known.Tag == tag) return known.Content;
        var content = new MemoryStream();
        using (var brotli = new BrotliStream(content, CompressionLevel.SmallestSize, leaveOpen: true))
        using (var source = info.OpenRead())
            source.CopyTo(brotli);
        compressed[file.Path] = (tag, content.ToArray());
        return compressed[file.Path].Content;
    }

    static bool IsText(string type) =>
        type.StartsWith("text/", StringComparison.Ordinal) || type.StartsWith("application/javascript", StringComparison.Ordinal)
        || type is "image/svg+xml" or "application/json";

    static IEnumerable<StudioFile> List(string directory)
    {
        if (!Directory.Exists(directory)) yield break;
        var types = new FileExtensionContentTypeProvider();
        types.Mappings[".dat"] = "application/octet-stream"; // the ICU tables; unknown to the default provider
        types.Mappings[".cur"] = "image/x-icon";
        types.Mappings[".webmanifest"] = "application/manifest+json";

        var paths = Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories)
            .ToDictionary(file => Path.GetRelativePath(directory, file).Replace('\\', '/'), StringComparer.Ordinal);
        foreach (var (path, file) in paths)
        {
            if (!types.TryGetContentType(path, out var type)) continue;
            if (IsCompressedSibling(path)) continue;
            yield return new StudioFile(
                path,
                file,
                type.StartsWith("text/", StringComparison.Ordinal) ? type + "; charset=utf-8" : type,
                Fingerprint().IsMatch(path),
                paths.GetValueOrDefault(path + ".br"),
                paths.GetValueOrDefault(path + ".gz"));
        }

        bool IsCompressedSibling(string path) =>
            Path.GetExtension(path) is ".br" or ".gz" && paths.ContainsKey(path[..^3]);
    }

    /// <summary>The relative path of an <c>import</c> or <c>export</c> statement; those of <c>import()</c> come when they are needed.</summary>
    [GeneratedRegex(@"^(import|export)\b[^;()]*?['""](?<path>\.{1,2}/[^'""]+)['""]", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Import();

    /// <summary>Blazor's fingerprinted names (name.1a2b3c4d5e.ext), which change with the content; a digit tells them from words.</summary>
    [GeneratedRegex(@"^_(framework|content)/.*\.(?=[a-z]*[0-9])[a-z0-9]{10}\.[a-z0-9.]+$", RegexOptions.ExplicitCapture, 100)]
    private static partial Regex Fingerprint();
}

/// <summary>One file of the web UI, with its compressed siblings where the package brings them.</summary>
sealed record StudioFile(string Path, string FullName, string ContentType, bool Immutable, string? Brotli, string? Gzip);

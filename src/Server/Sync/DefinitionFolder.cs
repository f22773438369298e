using System.Text.Json.Nodes;
using Platform.Engine.Definitions;
using Platform.Server.Elsa;
using Platform.Server.Elsa.Definitions;
using Platform.Server.Operations;
using Platform.Server.Security;

namespace Platform.Server.Sync;

/// <summary>
/// The folder of definitions: finds what lies in it, reads and writes. Names come from requests and from whoever may write into the
/// folder, so nothing outside of it is touched, links are not followed, and there is a limit on everything.
/// </summary>
/// <param name="options">Where it is, and the limits.</param>
/// <param name="bodies">Limits of one file.</param>
internal sealed class DefinitionFolder(DefinitionFilesOptions options, ElsaApiOptions bodies)
{
    /// <summary>The code of what keeps a single file out.</summary>
    public const string UnreadableCode = "WF4727";

    private const int NameLengthMax = 500;

    /// <summary>Files and folders that are looked at, workflows or not.</summary>
    private const int EntriesMax = 20_000;

    /// <summary>Most files.</summary>
    public int FilesMax => options.FilesMax;

    /// <summary>The configured folder; null when there is none.</summary>
    public string? Root => string.IsNullOrWhiteSpace(options.Root) ? null : Path.GetFullPath(options.Root);

    /// <summary>The full path of a folder within the configured one.</summary>
    /// <param name="name">Its path from the configured one, with slashes; empty for that one itself.</param>
    public Outcome<string> Resolve(string? name)
    {
        if (Root is not { } root)
        {
            return new Problem(
                StatusCodes.Status409Conflict, "WF4724", "No folder is configured", "Definitions are not kept as files here. Set DefinitionFiles:Root to the folder that holds them.");
        }

        if (!Directory.Exists(root))
            return Unusable("The folder that DefinitionFiles:Root names is not there. Make it, or correct the option.");
        // The operator may have named a link; below it none is followed.
        var path = new DirectoryInfo(root).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? root;
        if (string.IsNullOrEmpty(name))
            return path;
        if (name.Length > NameLengthMax || name.AsSpan().IndexOfAny('\\', ':') >= 0 || name.Any(char.IsControl))
            return Unusable("Name the folder from DefinitionFiles:Root on, with slashes between its parts.");
        foreach (var part in name.TrimEnd('/').Split('/'))
        {
            if (part.Length == 0 || part.StartsWith('.'))
                return Unusable($"'{name}' does not lie within DefinitionFiles:Root, or is hidden. Name the folder from there on, without '..' and without names that begin with a dot.");
            path = Path.Combine(path, part);
            if (!Directory.Exists(path))
                return Unusable($"There is no folder '{name}' in DefinitionFiles:Root.");
            if (new DirectoryInfo(path).LinkTarget is not null)
                return Unusable($"'{part}' is a link, and links are not followed.");
        }

        return path;
    }

    /// <summary>The JSON files of a folder and of the folders in it, in the order of their paths. What begins with a dot is left out.</summary>
    /// <param name="folder">Full path of the folder.</param>
    public Outcome<IReadOnlyList<FolderEntry>> List(string folder)
    {
        var found = new List<FolderEntry>();
        var seen = 0;
        try
        {
            if (Collect(new DirectoryInfo(folder), "", 0, found, ref seen) is { } problem)
                return problem;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Unusable($"The folder cannot be read: {exception.Message}");
        }

        return found;
    }

    private Problem? Collect(DirectoryInfo folder, string prefix, int depth, List<FolderEntry> found, ref int seen)
    {
        foreach (var entry in folder.EnumerateFileSystemInfos().OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            if (++seen > EntriesMax)
                return TooMuch($"The folder holds more than {EntriesMax} files and folders.");
            if (entry.Name.StartsWith('.'))
                continue;
            var name = prefix + entry.Name;
            var isJson = name.EndsWith(".json", StringComparison.OrdinalIgnoreCase);
            if (entry is DirectoryInfo inner)
            {
                if (entry.LinkTarget is not null)
                    continue;
                if (depth >= options.DepthMax)
                    return TooMuch($"The folder '{name}' lies more than {options.DepthMax} levels deep (DefinitionFiles:DepthMax).");
                if (Collect(inner, name + "/", depth + 1, found, ref seen) is { } problem)
                    return problem;
            }
            else if (isJson && entry is FileInfo file)
            {
                found.Add(new FolderEntry(name, file.FullName, file.LinkTarget is null ? file.Length : 0, file.LastWriteTimeUtc, file.LinkTarget is not null));
                if (found.Count > options.FilesMax)
                    return TooMuch($"The folder holds more than {options.FilesMax} JSON files (DefinitionFiles:FilesMax).");
            }
        }

        return null;
    }

    /// <summary>Reads files.</summary>
    /// <param name="entries">The files.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async ValueTask<Outcome<IReadOnlyList<FolderFile>>> ReadAsync(IReadOnlyList<FolderEntry> entries, CancellationToken cancellationToken)
    {
        var files = new List<FolderFile>();
        var left = options.BytesMax;
        foreach (var entry in entries)
        {
            var (content, problem) = await ReadAsync(entry, cancellationToken);
            left -= content.Length;
            if (left < 0)
                return TooMuch($"The files hold more than {options.BytesMax} bytes together (DefinitionFiles:BytesMax).");
            files.Add(problem is null ? Parse(entry, content) : new FolderFile(entry.Name, null, Unreadable(problem)));
        }

        return files;
    }

    /// <summary>Writes a file as a whole or not at all.</summary>
    /// <param name="folder">Full path of the folder.</param>
    /// <param name="name">Path of the file in it.</param>
    /// <param name="content">What it holds.</param>
    public static void Write(string folder, string name, ReadOnlySpan<byte> content)
    {
        var path = Path.Combine(folder, name.Replace('/', Path.DirectorySeparatorChar));
        // The dot keeps whoever watches the folder from reading half of it.
        var temporary = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.new");
        File.Delete(temporary);
        using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    private async ValueTask<(ReadOnlyMemory<byte> Content, string? Problem)> ReadAsync(FolderEntry entry, CancellationToken cancellationToken)
    {
        if (entry.IsLink)
            return (default, "The file is a link, and links are not followed.");
        // A pipe or device has no length either, and would never end.
        if (entry.Length == 0)
            return (default, "The file is empty.");
        if (entry.Length > bodies.BodyBytesMax)
            return (default, $"The file is larger than {bodies.BodyBytesMax} bytes (ElsaApi:BodyBytesMax).");
        try
        {
            await using var stream = new FileStream(entry.FullPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var buffer = new byte[entry.Length];
            var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
            return (buffer.AsMemory(0, length), null);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return (default, $"The file cannot be read: {exception.Message}");
        }
    }

    private FolderFile Parse(FolderEntry entry, ReadOnlyMemory<byte> content)
    {
        if (content.Span.StartsWith("\uFEFF"u8))
            content = content[3..];
        var (node, why) = RequestBody.Parse(content, bodies.JsonDepthMax, "file");
        return node is JsonObject document
            ? new FolderFile(entry.Name, document, null)
            : new FolderFile(entry.Name, null, Unreadable(why ?? "The file is not a JSON object."));
    }

    private static DefinitionProblem Unreadable(string message) => new("$", UnreadableCode, message);

    private static Problem Unusable(string detail) => new(StatusCodes.Status400BadRequest, "WF4725", "The folder cannot be used", detail);

    private static Problem TooMuch(string detail) => new(
        StatusCodes.Status400BadRequest, "WF4726", "The folder holds too much", detail + " Name a folder within it, or raise the option.");
}

/// <summary>A JSON file of a folder, not read yet.</summary>
/// <param name="Name">Its path from the folder on, with slashes.</param>
/// <param name="FullPath">Its full path.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="WrittenAt">When it was written, UTC.</param>
/// <param name="IsLink">Whether it is a link to another place.</param>
internal sealed record FolderEntry(string Name, string FullPath, long Length, DateTime WrittenAt, bool IsLink);

/// <summary>A JSON file that was read.</summary>
/// <param name="Name">Its path from the folder on, with slashes.</param>
/// <param name="Node">What it holds; null when it cannot be used.</param>
/// <param name="Problem">Why it cannot be used.</param>
internal sealed record FolderFile(string Name, JsonObject? Node, DefinitionProblem? Problem)
{
    /// <summary>Whether it says of itself that it is a workflow. Other JSON files may lie beside them.</summary>
    public bool IsWorkflow =>
        Node is null || ElsaDocuments.Member(Node, "definitionId") is not null || ElsaDocuments.Member(Node, "root") is not null || ElsaDocuments.TextOf(Node["$schema"]) == ElsaDocuments.Schema;
}

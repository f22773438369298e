namespace Platform.Server.Sync;

/// <summary>What a checkout of git stands at, read from its files; git itself is not run.</summary>
/// <param name="Branch">Name of the branch; null when none is checked out.</param>
/// <param name="Commit">The commit; null before the first one.</param>
internal sealed record GitCheckout(string? Branch, string? Commit)
{
    private const int LineLengthMax = 1_000;
    private const long PackedBytesMax = 10_000_000;
    private const string BranchPrefix = "refs/heads/";

    /// <summary>Reads the checkout that a folder belongs to.</summary>
    /// <param name="folder">Full path of the folder.</param>
    /// <param name="root">Full path of the outermost folder to look in.</param>
    /// <returns>Null when it belongs to none, or to one whose files lie elsewhere.</returns>
    public static GitCheckout? Find(string folder, string root)
    {
        try
        {
            for (var current = new DirectoryInfo(folder); current is not null && current.FullName.StartsWith(root, StringComparison.Ordinal); current = current.Parent)
            {
                var files = new DirectoryInfo(Path.Combine(current.FullName, ".git"));
                if (files is { Exists: true, LinkTarget: null })
                    return Read(files.FullName);
            }
        }
        // That the commit is not known is no reason to refuse a comparison.
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        return null;
    }

    private static GitCheckout? Read(string files)
    {
        if (FirstLine(Path.Combine(files, "HEAD")) is not { } head)
            return null;
        if (!head.StartsWith("ref: ", StringComparison.Ordinal))
            return new GitCheckout(null, CommitOf(head));
        var name = head[5..];
        if (!name.StartsWith(BranchPrefix, StringComparison.Ordinal) || name.Split('/').Any(part => part is "" or "." or ".."))
            return null;
        return new GitCheckout(name[BranchPrefix.Length..], CommitOf(FirstLine(Path.Combine(files, name)) ?? Packed(files, name)));
    }

    private static string? Packed(string files, string name)
    {
        var packed = new FileInfo(Path.Combine(files, "packed-refs"));
        return packed is { Exists: true, LinkTarget: null, Length: < PackedBytesMax }
            ? File.ReadLines(packed.FullName).FirstOrDefault(line => line.EndsWith(" " + name, StringComparison.Ordinal))?.Split(' ')[0]
            : null;
    }

    private static string? FirstLine(string path)
    {
        var file = new FileInfo(path);
        return file is { Exists: true, LinkTarget: null, Length: > 0 and <= LineLengthMax } ? File.ReadLines(path).FirstOrDefault()?.Trim() : null;
    }

    private static string? CommitOf(string? text) => text is { Length: 40 or 64 } && text.All(char.IsAsciiHexDigitLower) ? text : null;
}

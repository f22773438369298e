using System.IO.Compression;

namespace Platform.Server.Elsa;

/// <summary>Zip archives as replies.</summary>
internal static class Zip
{
    /// <summary>A reply that is a zip archive of the files, held in memory: what it packs comes from a list that a person selected.</summary>
    /// <param name="name">Name of the archive.</param>
    /// <param name="files">Names and contents.</param>
    public static IResult Of(string name, IEnumerable<(string Name, byte[] Content)> files)
    {
        using var buffer = new MemoryStream();
        using (var archive = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (fileName, content) in files)
            {
                using var entry = archive.CreateEntry(fileName, CompressionLevel.Fastest).Open();
                entry.Write(content);
            }
        }

        return Results.File(buffer.ToArray(), "application/zip", name);
    }
}

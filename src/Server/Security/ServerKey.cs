using System.Security.Cryptography;
using System.Text;
using Platform.Server.Composition;

namespace Platform.Server.Security;

/// <summary>
/// The server's own secret: 32 random bytes in <c>server.key</c> in the data directory, readable by its owner only. Every use derives a
/// key of its own from it. Without the file, tokens and sessions given before are void; nothing else is lost.
/// </summary>
internal sealed class ServerKey
{
    private const int KeyBytes = 32;
    private readonly byte[] _key;

    /// <summary>Reads the key, and makes it at the first start. The store has taken the directory by then.</summary>
    /// <param name="options">Where the data lies.</param>
    public ServerKey(StorageOptions options)
    {
        if (options.Kind == StorageKind.Memory)
        {
            _key = RandomNumberGenerator.GetBytes(KeyBytes);
            return;
        }

        var path = Path.Combine(options.DataPath, "server.key");
        if (!File.Exists(path))
            PrivateFile.Write(path, RandomNumberGenerator.GetBytes(KeyBytes));
        _key = File.ReadAllBytes(path);
        if (_key.Length != KeyBytes)
            throw new StartFailedException("WF4603", $"The key file '{path}' is damaged. Put back a copy, or delete it: then everybody signs in again.");
    }

    /// <summary>The key for one use.</summary>
    /// <param name="use">Name of the use.</param>
    public byte[] Derive(string use) => HKDF.DeriveKey(HashAlgorithmName.SHA256, _key, KeyBytes, info: Encoding.UTF8.GetBytes(use));
}

/// <summary>Files and directories that only their owner may read.</summary>
internal static class PrivateFile
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes a directory that only its owner may enter, and those above it that are missing likewise, unless it is there.</summary>
    /// <param name="path">The directory.</param>
    public static DirectoryInfo CreateDirectory(string path)
    {
        if (OperatingSystem.IsWindows() || Directory.Exists(path))
            return Directory.CreateDirectory(path);
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } parent && !Directory.Exists(parent))
            CreateDirectory(parent);
        return Directory.CreateDirectory(path, OwnerFile | UnixFileMode.UserExecute);
    }

    /// <summary>Writes a file as a whole or not at all: a crash leaves the old one, or none.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">What it holds.</param>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        var temporary = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerFile;
        using (var file = new FileStream(temporary, options))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }
}

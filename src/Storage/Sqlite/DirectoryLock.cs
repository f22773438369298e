using System.Globalization;

namespace Platform.Storage.Sqlite;

/// <summary>
/// Keeps a data directory for one store: a file that stays locked while the store lives. The operating system frees the lock with the
/// process, however it ends, so that nothing is ever left to clean up.
/// </summary>
internal sealed class DirectoryLock : IDisposable
{
    private readonly FileStream _file;
    private readonly string _ownerPath;

    private DirectoryLock(FileStream file, string ownerPath) => (_file, _ownerPath) = (file, ownerPath);

    public static DirectoryLock Take(string directory)
    {
        // The owner stands in a file of its own because a locked file cannot be read everywhere.
        var ownerPath = Path.Combine(directory, "platform.pid");
        FileStream file;
        try
        {
            file = new FileStream(Path.Combine(directory, "platform.lock"), PrivateFiles.Options(FileMode.OpenOrCreate));
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StorageException($"No permission to write in the data directory '{directory}'.", e);
        }
        catch (IOException e)
        {
            var owner = File.Exists(ownerPath) ? File.ReadAllText(ownerPath).Trim() : "unknown";
            throw new StorageException(
                $"The data directory '{directory}' is in use by the process with id {owner}. Stop it, or give this one its own directory.",
                e);
        }

        try
        {
            using var writer = new StreamWriter(ownerPath, PrivateFiles.Options(FileMode.Create));
            writer.Write(Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        }
        catch
        {
            file.Dispose();
            throw;
        }

        return new(file, ownerPath);
    }

    public void Dispose()
    {
        File.Delete(_ownerPath);
        _file.Dispose();
    }
}

/// <summary>Files and directories that only their owner may read.</summary>
internal static class PrivateFiles
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerDirectory = OwnerFile | UnixFileMode.UserExecute;

    public static FileStreamOptions Options(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerFile;
        return options;
    }

    public static void CreateDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, OwnerDirectory);
    }

    /// <summary>Makes the file before SQLite does: SQLite gives its companions the mode of the database, but that the umask's.</summary>
    public static void CreateFile(string path)
    {
        if (!File.Exists(path))
            new FileStream(path, Options(FileMode.CreateNew)).Dispose();
    }
}

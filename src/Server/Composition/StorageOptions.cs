using System.ComponentModel.DataAnnotations;
using Platform.Storage.Sqlite;

namespace Platform.Server.Composition;

/// <summary>What keeps the data.</summary>
internal enum StorageKind
{
    /// <summary>A SQLite database in the data directory.</summary>
    Sqlite,

    /// <summary>The memory of the process: everything is gone when it ends, nothing is written to disk. For trials and tests.</summary>
    Memory,
}

/// <summary>Where the data lies, section <c>Storage</c>.</summary>
internal sealed class StorageOptions : IValidatableObject
{
    /// <summary>What keeps the data. Default: <see cref="StorageKind.Sqlite"/>.</summary>
    public StorageKind Kind { get; set; } = StorageKind.Sqlite;

    /// <summary>
    /// Directory of the database and the server's keys, relative to the working directory; made for its owner only when it does not
    /// exist. It must be a local disk. Default: <c>./data</c>.
    /// </summary>
    [Required]
    public string DataDirectory { get; set; } = "./data";

    /// <summary>How the SQLite database is used, section <c>Storage:Sqlite</c>. Its directory is <see cref="DataDirectory"/>.</summary>
    public SqliteOptions Sqlite { get; set; } = new();

    /// <summary><see cref="DataDirectory"/> as a full path.</summary>
    internal string DataPath => Path.GetFullPath(DataDirectory);

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Sqlite.DataDirectory != new SqliteOptions().DataDirectory)
            yield return new ValidationResult("There is one data directory: set Storage:DataDirectory instead.", ["Sqlite:DataDirectory"]);
    }
}

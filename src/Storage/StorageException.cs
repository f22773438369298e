using Platform.Runtime.Store;

namespace Platform.Storage;

/// <summary>The database could not do what it was told: disk full, file damaged, lock held, schema too new. Nothing was written.</summary>
public sealed class StorageException : StoreException
{
    /// <summary>A failure with a message for the operator.</summary>
    /// <param name="message">What failed, where, and what to do.</param>
    public StorageException(string message)
        : base(message)
    {
    }

    /// <summary>A failure with a message for the operator and its cause.</summary>
    /// <param name="message">What failed, where, and what to do.</param>
    /// <param name="innerException">The cause.</param>
    public StorageException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>A failure that the database reported.</summary>
    /// <param name="message">What failed.</param>
    /// <param name="code">The database's result code.</param>
    public StorageException(string message, int code)
        : base(message) => Code = code;

    /// <summary>The database's own result code (for SQLite the extended one), 0 when it reported none.</summary>
    public int Code { get; }
}

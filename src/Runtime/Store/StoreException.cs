namespace Platform.Runtime.Store;

/// <summary>The store could not do what it was told. Nothing was written; the same may work later.</summary>
/// <param name="message">What failed, where, and what to do.</param>
/// <param name="innerException">The cause, or null.</param>
public abstract class StoreException(string message, Exception? innerException = null) : Exception(message, innerException);

namespace Platform.Runtime.Store;

/// <summary>What an instance is found by besides its header; replaces what it was found by before.</summary>
/// <param name="InstanceId">The instance. One that is gone is passed over.</param>
/// <param name="Revision">The revision that was read. When the instance has been written again since, it stays due for indexing.</param>
/// <param name="Variables">Its values by name.</param>
/// <param name="Words">Words of its name and of what went wrong, as <see cref="SearchWords"/> makes them.</param>
public sealed record SearchEntry(string InstanceId, long Revision, IReadOnlyCollection<VariableTerm> Variables, IReadOnlyCollection<string> Words);

namespace Platform.EndToEnd.Tests;

/// <summary>Tests that start and kill servers all the time. They run after the others: beside them a browser would wait longer than it may.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "Alone";
}

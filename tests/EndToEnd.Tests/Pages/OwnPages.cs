namespace Platform.EndToEnd.Tests.Pages;

/// <summary>The tests of our own pages: they run beside those of Elsa Studio, with a server and a browser of their own.</summary>
[CollectionDefinition(Name)]
public sealed class OwnPages : ICollectionFixture<Studio.Fixture>
{
    public const string Name = "own pages";
}

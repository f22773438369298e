namespace Platform.CustomActivities.ForElsa;

/// <summary>Stands for the attribute of our engine; Elsa's own needs a further package.</summary>
/// <param name="category">What kind of strategies fit.</param>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ResilienceCategoryAttribute(string category) : Attribute
{
    /// <summary>What kind of strategies fit.</summary>
    public string Category { get; } = category;
}

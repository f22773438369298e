namespace Platform.Engine;

/// <summary>
/// Says that an activity follows the resilience strategy that its author chooses in the designer. The activity itself makes its attempts
/// under that strategy.
/// </summary>
/// <param name="category">What kind of strategies fit, for example <c>HTTP</c>.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ResilienceCategoryAttribute(string category) : Attribute
{
    /// <summary>What kind of strategies fit.</summary>
    public string Category { get; } = category;
}

namespace Platform.Engine.Values;

/// <summary>One type that the variable picker offers.</summary>
/// <param name="TypeName">The alias that is stored in the definition, such as <c>Int32</c>.</param>
/// <param name="DisplayName">What the picker shows.</param>
/// <param name="Category">The group that it is listed under, such as <c>Primitives</c>.</param>
/// <param name="Description">One sentence for people; null when the name says it all.</param>
public sealed record VariableTypeEntry(string TypeName, string DisplayName, string Category, string? Description);

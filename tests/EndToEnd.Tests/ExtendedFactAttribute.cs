namespace Platform.EndToEnd.Tests;

/// <summary>
/// A test in the browser that takes about a minute and shows a variation of what an ordinary one shows. It runs when
/// <c>PLATFORM_EXTENDED_TESTS</c> is set, so that an ordinary run stays under half an hour.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ExtendedFactAttribute : FactAttribute
{
    public ExtendedFactAttribute()
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("PLATFORM_EXTENDED_TESTS"))) Skip = "Runs with PLATFORM_EXTENDED_TESTS=1.";
    }
}

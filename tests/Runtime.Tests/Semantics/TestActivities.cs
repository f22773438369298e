using Platform.Engine;

namespace Platform.Runtime.Tests.Semantics;

/// <summary>An activity whose check says that it may not run now.</summary>
[Activity("Test", "Test")]
public sealed class CannotExecute : CodeActivity
{
    /// <inheritdoc />
    protected override ValueTask<bool> CanExecuteAsync(ActivityExecutionContext context) => new(false);
}

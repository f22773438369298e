using System.ComponentModel.DataAnnotations;

namespace Platform.Server.Compatibility;

/// <summary>The workflows behind the routes that clients of older systems call, section <c>Compatibility</c>.</summary>
internal sealed class CompatibilityOptions : IValidatableObject
{
    /// <summary>What <c>/health</c> calls the role of this server. Default: orchestration_hub.</summary>
    [Required]
    public string Role { get; set; } = "orchestration_hub";

    /// <summary>The workflows of <c>/api/automation</c>, section <c>Compatibility:Automation</c>.</summary>
    public AutomationOptions Automation { get; set; } = new();

    /// <summary>The workflows of <c>/api/orchestrator</c>, section <c>Compatibility:Orchestrator</c>.</summary>
    public OrchestratorOptions Orchestrator { get; set; } = new();

    /// <summary>The workflows of <c>/api/v1/pipelines</c>, section <c>Compatibility:Pipelines</c>. Default: none.</summary>
    public List<PipelineOptions> Pipelines { get; set; } = [];

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var name in Pipelines.GroupBy(pipeline => pipeline.Name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1).Select(group => group.Key))
            yield return new ValidationResult($"There are two pipelines '{name}'.", [nameof(Pipelines)]);
        foreach (var id in Orchestrator.Blocks.GroupBy(block => block.Id, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key))
            yield return new ValidationResult($"There are two blocks '{id}'.", [nameof(Orchestrator)]);
    }
}

/// <summary>What <c>/api/automation</c> starts and stops.</summary>
internal sealed class AutomationOptions
{
    /// <summary>Definition id of the workflow that the actions <c>start</c> and <c>stop</c> mean. Default: none.</summary>
    public string? Workflow { get; set; }

    /// <summary>Definition id of the workflow that the action <c>generate_content</c> starts; it gets the input <c>count</c>. Default: none.</summary>
    public string? ContentWorkflow { get; set; }
}

/// <summary>What <c>/api/orchestrator</c> starts and shows.</summary>
internal sealed class OrchestratorOptions
{
    /// <summary>Definition id of the workflow of a full synchronisation. Default: none.</summary>
    public string? FullSyncWorkflow { get; set; }

    /// <summary>Definition id of the workflow of an incremental synchronisation. Default: none.</summary>
    public string? IncrementalSyncWorkflow { get; set; }

    /// <summary>The blocks that the status shows, each by the last run of its workflow. Default: none.</summary>
    public List<BlockOptions> Blocks { get; set; } = [];
}

/// <summary>A block of the orchestrator.</summary>
internal sealed class BlockOptions
{
    /// <summary>Its id, for example A. Required.</summary>
    [Required]
    public string Id { get; set; } = "";

    /// <summary>Definition id of its workflow. Required.</summary>
    [Required]
    public string Workflow { get; set; } = "";
}

/// <summary>A pipeline.</summary>
internal sealed class PipelineOptions
{
    /// <summary>Its name in the address, for example ai-pipeline. Required.</summary>
    [Required]
    [RegularExpression("^[A-Za-z0-9_-]{1,100}$", ErrorMessage = "Use letters, digits, '-' and '_'.")]
    public string Name { get; set; } = "";

    /// <summary>Definition id of its workflow; the members of the request are its inputs. Required.</summary>
    [Required]
    public string Workflow { get; set; } = "";
}

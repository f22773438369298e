using System.Globalization;
using System.Text.Json;
using Platform.Engine.Activities;
using Platform.Engine.Definitions;

namespace Platform.Engine.Plans;

/// <summary>Brings workflows that are used as activities into the plan of the workflow that uses them.</summary>
/// <param name="reader">Reads their documents.</param>
/// <param name="definition">The workflow that is being compiled.</param>
internal sealed class WorkflowInclusion(DefinitionReader reader, WorkflowDefinition definition)
{
    /// <summary>Most workflows that one plan brings in. Workflows that use each other several times over multiply quickly.</summary>
    private const int IncludedMax = 1_000;

    private readonly HashSet<string> _usedDefinitionIds = new(StringComparer.Ordinal);
    private readonly List<DefinitionProblem> _problems = [];
    private int _count = 1;

    public IReadOnlyCollection<string> UsedDefinitionIds => _usedDefinitionIds;

    public IReadOnlyList<DefinitionProblem> Problems => _problems;

    /// <summary>Makes the root of a workflow used as an activity.</summary>
    /// <param name="node">The activity's node.</param>
    /// <param name="used">The activity.</param>
    /// <returns>The names of the workflow's outputs; null when it cannot be brought in, which is then the activity's failure.</returns>
    public HashSet<string>? Include(PlanNode node, WorkflowDefinitionActivity used)
    {
        _usedDefinitionIds.Add(used.Definition.DefinitionId);
        var name = used.Definition.Name ?? used.Definition.DefinitionId;
        if (Cycle(node, used) is { } cycle)
            return Fail(node, used, "WF1011", $"The workflow '{name}' would run itself: {cycle}. Take one of these steps out.");
        if (++_count > IncludedMax)
            return Fail(node, used, "WF1012", string.Create(CultureInfo.InvariantCulture, $"The workflow uses more than {IncludedMax} workflows as activities, counted with those that they use. Start some of them with 'Execute Workflow' instead."));
        DefinitionContent content;
        try
        {
            content = reader.Read(used.Definition);
        }
        catch (JsonException exception)
        {
            return Fail(node, used, "WF1013", $"The workflow '{name}' cannot be read: {exception.Message}");
        }

        if (content.Problems is [var problem, ..])
            return Fail(node, used, "WF1013", $"The workflow '{name}' cannot be used as long as it has this problem at {problem.Path}: {problem.Message}");
        used.Root = Workflow.Of(string.Create(CultureInfo.InvariantCulture, $"Workflow{_count}"), used.Definition, content);
        return content.Outputs.Select(output => output.Name).ToHashSet(StringComparer.Ordinal);
    }

    private HashSet<string>? Fail(PlanNode node, WorkflowDefinitionActivity used, string code, string message)
    {
        used.Failure = message;
        // Below another workflow the place is that of the step which brings it in.
        var place = used.DocumentPath;
        for (var holder = node.Parent; holder is not null; holder = holder.Parent)
        {
            if (holder.Activity is WorkflowDefinitionActivity outer)
                place = outer.DocumentPath;
        }

        _problems.Add(new DefinitionProblem(place, code, message));
        return null;
    }

    /// <summary>
    /// The way from a workflow back to itself, by names; null when there is none. Another version of itself counts as well: the next
    /// one that is published would close the circle for everybody who follows the published version.
    /// </summary>
    private string? Cycle(PlanNode node, WorkflowDefinitionActivity used)
    {
        var way = new List<string> { used.Definition.Name ?? used.Definition.DefinitionId };
        for (var holder = node.Parent; holder is not null; holder = holder.Parent)
        {
            if (holder.Activity is not WorkflowDefinitionActivity outer)
                continue;
            way.Add(outer.Definition.Name ?? outer.Definition.DefinitionId);
            if (outer.Definition.DefinitionId == used.Definition.DefinitionId)
                return Text(way);
        }

        way.Add(definition.Name ?? definition.DefinitionId);
        return definition.DefinitionId == used.Definition.DefinitionId ? Text(way) : null;

        static string Text(List<string> way) => string.Join(" uses ", way.AsEnumerable().Reverse().Select(name => $"'{name}'"));
    }
}

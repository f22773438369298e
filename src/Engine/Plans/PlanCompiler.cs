using System.Collections;
using Platform.Engine.Activities;
using Platform.Engine.Definitions;
using Platform.Engine.Expressions;
using Platform.Engine.Values;

namespace Platform.Engine.Plans;

/// <summary>Compiles definition versions into plans. Thread-safe; callers keep the plans.</summary>
/// <param name="reader">Reads the documents.</param>
/// <param name="catalog">Activity types.</param>
/// <param name="languages">Expression languages.</param>
public sealed class PlanCompiler(DefinitionReader reader, ActivityCatalog catalog, ExpressionLanguages languages)
{
    /// <summary>Compiles a version.</summary>
    /// <param name="definition">The version.</param>
    /// <exception cref="System.Text.Json.JsonException">The document is not JSON.</exception>
    public WorkflowPlan Compile(WorkflowDefinition definition)
    {
        var content = reader.Read(definition);
        var workflow = Workflow.Of("Workflow1", definition, content);
        var outputs = content.Outputs.Select(output => output.Name).ToHashSet(StringComparer.Ordinal);
        var compilation = new Compilation(catalog, languages, new WorkflowInclusion(reader, definition));
        compilation.Add(workflow, null, null, outputs);
        return new WorkflowPlan(definition, content, compilation.Nodes, compilation.OutputCount, languages)
        {
            UsedDefinitionIds = compilation.Inclusion.UsedDefinitionIds,
            Problems = [.. content.Problems, .. compilation.Inclusion.Problems],
        };
    }

    private sealed class Compilation(ActivityCatalog catalog, ExpressionLanguages languages, WorkflowInclusion inclusion)
    {
        public WorkflowInclusion Inclusion => inclusion;

        public List<PlanNode> Nodes { get; } = [];

        public int OutputCount { get; private set; }

        public void Add(Activity activity, PlanNode? parent, string? portName, HashSet<string> workflowOutputs)
        {
            var used = activity as WorkflowDefinitionActivity;
            var type = used?.DescribedBy ?? catalog.Find(activity.Type, activity.Version)
                ?? throw new InvalidOperationException($"The activity type '{activity.Type}' is not in the catalog.");
            var node = new PlanNode
            {
                Index = Nodes.Count,
                Activity = activity,
                Type = type,
                Parent = parent,
                PortName = portName,
                NodeId = parent is null ? activity.Id : $"{parent.NodeId}:{activity.Id}",
                ChildIndex = parent?.ChildList.Count ?? 0,
                IsTerminal = activity is ITerminal,
                IsContextReusable = IsOfEngine(activity) && (parent is null || IsOfEngine(parent.Activity)),
                FirstOutput = OutputCount,
            };
            Nodes.Add(node);
            parent?.ChildList.Add(node);
            activity.PlanNode = node;
            activity.NodeId = node.NodeId;
            if (activity is IVariableContainer container)
                node.VariableList = [.. container.Variables];
            node.LogPersistence = LogPersistence.Of(node, languages);
            node.CommitStrategy = CommitStrategies.OfActivity(activity);
            CompileInputs(node);
            CompileOutputs(node, workflowOutputs);
            if (used is not null)
            {
                if (inclusion.Include(node, used) is { } outputs)
                    Add(used.Root!, node, nameof(Workflow.Root), outputs);
                return;
            }

            foreach (var (port, child) in ChildrenOf(activity, type))
                Add(child, node, port, workflowOutputs);
            if (activity is Flowchart flowchart)
                node.Flow = new FlowGraph(flowchart, node);
        }

        private static bool IsOfEngine(Activity activity) => activity.GetType().Assembly == typeof(Activity).Assembly;

        private static IEnumerable<(string Port, Activity Child)> ChildrenOf(Activity activity, ActivityType type)
        {
            foreach (var port in type.Ports)
            {
                switch (port.Property.GetValue(activity))
                {
                    case Activity child:
                        yield return (port.Name, child);
                        break;
                    case IEnumerable children:
                        foreach (var child in children.OfType<Activity>())
                            yield return (port.Name, child);
                        break;
                }
            }

            foreach (var input in type.Inputs)
            {
                if (input.IsWrapped || input.Get(activity) is not IEnumerable items || input.ValueType == typeof(string))
                    continue;
                foreach (var (port, held) in items.OfType<IActivityHolder>().SelectMany(holder => holder.HeldActivities))
                {
                    if (held is Activity child)
                        yield return (port, child);
                }
            }
        }

        private void CompileInputs(PlanNode node)
        {
            var slots = new List<InputSlot>();
            foreach (var property in node.Type.Inputs)
            {
                var input = property.IsWrapped ? property.Get(node.Activity) as Input : null;
                slots.Add(new InputSlot(property, input));
                if (input is null)
                    continue;
                input.Owner = node.Activity;
                input.Index = slots.Count - 1;
                input.AutoEvaluate = property.Attribute.AutoEvaluate;
                if (input.Expression is not null)
                    CompileExpression(input);
            }

            node.Inputs = [.. slots];
            node.EvaluatedInputs = [.. slots.Select((slot, index) => (slot, index))
                .Where(item => item.slot.Input is { IsConstant: false, AutoEvaluate: true }).Select(item => item.index)];
            node.HasAsynchronousInputs = slots.Exists(slot => slot.Input?.Compiled?.IsAsynchronous ?? false);
        }

        private void CompileExpression(Input input)
        {
            try
            {
                input.Compiled = languages.Compile(input.Expression!, input.Type);
            }
            catch (ExpressionException exception)
            {
                // A broken expression must not keep the workflow from being opened; it faults where it is used.
                input.Compiled = new BrokenExpression(exception.Message);
                return;
            }

            if (!input.Compiled.IsConstant && input.Compiled is not FreshValueExpression)
                return;
            var value = input.ConvertValue(input.Compiled.Evaluate(null!));
            if (ValueCopy.IsImmutable(value))
                input.SetConstant(value);
            else
                input.Compiled = new FreshValueExpression(value!);
        }

        private void CompileOutputs(PlanNode node, HashSet<string> workflowOutputs)
        {
            node.Outputs = [.. node.Type.Outputs.Select((property, index) =>
            {
                var output = property.Get(node.Activity);
                if (output is null)
                {
                    // An unbound output still has a place in the register, so that expressions can read it in the same burst.
                    output = (Output)Activator.CreateInstance(typeof(Output<>).MakeGenericType(property.ValueType))!;
                    property.Set(node.Activity, output);
                }

                output.Index = index;
                output.Name = property.Name;
                return new OutputSlot(property.Name, output, output.TargetId is { } target && workflowOutputs.Contains(target));
            })];
            OutputCount += node.Outputs.Length;
        }
    }
}
